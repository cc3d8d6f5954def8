package dev.warren.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program that Warren is compared with keeps the same promises. */
@RabbitMq
class HandTunedTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration CONFIRM_IS_LATE = Duration.ofSeconds(3);
  private static final int BYTES = 300;

  private final VirtualHost host;

  HandTunedTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void deleteQueues() throws Exception {
    try (Connection connection = host.connect("delete");
        Channel channel = connection.createChannel()) {
      channel.queueDelete(TunedConnection.TASKS);
      channel.queueDelete(TunedConnection.RESULTS);
    }
  }

  @Test
  void aTaskWhoseResultIsNotConfirmedYetIsRunAgainWhenItsWorkerDies() throws Exception {
    try (FaultProxy tasks = FaultProxy.to(host.uri());
        FaultProxy results = FaultProxy.to(host.uri())) {
      TunedWorker dies = new TunedWorker(tasks.uri(), results.uri(), 1, false);
      results.latency(CONFIRM_IS_LATE);
      host.publish(
          "",
          TunedConnection.TASKS,
          TunedResults.PERSISTENT,
          TunedResults.task(1, new byte[BYTES]));
      await().atMost(LIMIT).until(() -> host.readyCount(TunedConnection.RESULTS) == 1);
      results.stall();
      assertThat(host.readyCount(TunedConnection.TASKS)).isZero();

      tasks.cut();

      await().atMost(LIMIT).until(() -> host.readyCount(TunedConnection.TASKS) == 1);
      assertThat(dies).isNotNull();
    }

    try (TunedWorker lives = new TunedWorker(host.uri(), 1, false)) {
      await().atMost(LIMIT).until(() -> host.readyCount(TunedConnection.RESULTS) == 2);
      assertThat(lives).isNotNull();
    }
    await().atMost(LIMIT).until(() -> host.readyCount(TunedConnection.TASKS) == 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyTaskHasAResultAndNothingIsLeftInTheQueues(boolean bothWays) throws Exception {
    try (TunedWorker worker = new TunedWorker(host.uri(), 1, bothWays);
        TunedSubmitter submitter = new TunedSubmitter(host.uri(), BYTES, bothWays)) {
      Measured measured = new Loop(submitter).closed(50, Duration.ofMillis(500));

      assertThat(measured.ended()).isGreaterThan(50);
      assertThat(measured.lost()).isZero();
      assertThat(measured.failed()).isZero();
      assertThat(worker).isNotNull();
      await().atMost(LIMIT).until(() -> host.readyCount(TunedConnection.RESULTS) == 0);
    }
    assertThat(host.readyCount(TunedConnection.TASKS)).isZero();
    assertThat(host.readyCount(TunedConnection.RESULTS)).isZero();
  }
}
