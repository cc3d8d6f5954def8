package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.producer.TestFleet.Word;
import dev.warren.testkit.Broker;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@RabbitMq
class BrokerRestartTest {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerRestartTest.class);
  private static final int TASKS = 5_000;

  @Test
  @Tag("node")
  void aRestartInTheMiddleOfManySubmissionsLosesNothing(
      VirtualHost host, Broker broker, @TempDir Path cache) throws Exception {
    AtomicInteger completions = new AtomicInteger();
    List<CompletableFuture<Outcome<Word>>> outcomes = new ArrayList<>();
    try (TestFleet fleet = new TestFleet(host);
        WarrenClient client =
            WarrenClient.builder()
                .broker(host.uri())
                .typeCache(cache)
                .sendDeadline(Duration.ofMinutes(3))
                .connect()) {
      CompletableFuture<Void> restart = new CompletableFuture<>();
      client
          .submitAll(
              TestFleet.ECHO,
              IntStream.range(0, TASKS).mapToObj(i -> new Word("w" + i)),
              SubmitOptions.DEFAULT)
          .forEach(
              handle -> {
                outcomes.add(
                    handle
                        .outcome()
                        .whenComplete((outcome, failure) -> completions.incrementAndGet())
                        .toCompletableFuture());
                if (outcomes.size() == TASKS / 4) {
                  restart.completeAsync(
                      () -> {
                        broker.node().restart();
                        return null;
                      });
                }
              });
      restart.get(3, TimeUnit.MINUTES);
      CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)).get(3, TimeUnit.MINUTES);

      for (int i = 0; i < TASKS; i++) {
        assertThat(outcomes.get(i).join()).isEqualTo(new Outcome.Succeeded<>(new Word("w" + i)));
      }
      assertThat(completions).hasValue(TASKS);
      assertThat(fleet.runs).hasSize(TASKS);
      int runs = fleet.runs.values().stream().mapToInt(AtomicInteger::get).sum();
      LOG.info("{} tasks, {} duplicate runs", TASKS, runs - TASKS);
    }
  }
}
