package dev.warren.producer;

import static dev.warren.producer.TestFleet.HELD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.Outcome;
import dev.warren.api.TaskFailedException;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.TestFleet.Word;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class CancellingTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  private final VirtualHost host;
  private @TempDir Path cache = Path.of("");
  private TestFleet fleet;
  private WarrenClient client;

  CancellingTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void connect() {
    fleet = new TestFleet(host);
    client = WarrenClient.builder().broker(host.uri()).typeCache(cache).connect();
  }

  @AfterEach
  void close() {
    fleet.close();
    client.close();
  }

  @Test
  void whoWaitsForACancelledTaskIsToldThatItWas() throws Exception {
    TaskHandle<Word> handle = client.submit(HELD, new Word("cancelled"));

    handle.cancel();

    assertThatThrownBy(() -> handle.await(AMPLE))
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("was cancelled");
    assertThat(handle.outcome().toCompletableFuture().get(1, TimeUnit.SECONDS))
        .isEqualTo(new Outcome.Cancelled<Word>());
    assertThat(fleet.runs).doesNotContainKey("cancelled");
  }

  @Test
  void aBatchIsCancelledWithoutItsNeighbours() throws Exception {
    String batch = UUID.randomUUID().toString();
    List<RawHandle> members = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      members.add(
          client.submit(
              held("member" + i).withLineage(Lineage.of(TaskId.next()).withBatch(batch, i))));
    }
    RawHandle neighbour = client.submit(held("neighbour"));

    client.cancelBatch(batch);

    for (RawHandle member : members) {
      assertThat(ended(member).status()).isEqualTo(Outcome.Status.CANCELLED);
    }
    fleet.gate.release();
    assertThat(ended(neighbour).status()).isEqualTo(Outcome.Status.SUCCEEDED);
  }

  private static RawTask held(String word) {
    return RawTask.of("held", JsonText.of("{\"word\":\"" + word + "\"}")).withOutcomeWanted(true);
  }

  private static OutcomeEvent ended(RawHandle task) throws Exception {
    return task.outcome().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
