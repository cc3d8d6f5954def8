package dev.warren.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.engine.delivery.EngineListener;
import dev.warren.engine.delivery.EngineState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EngineMetrics metrics = new EngineMetrics(registry, List.of("echo"));

  @Test
  void whatHappensIsCountedByItsLabels() {
    metrics.delivered("default", "echo", false);
    metrics.delivered("default", "echo", true);
    metrics.attemptStarted("echo", Lane.VIRTUAL, Duration.ofMillis(3));
    metrics.attemptEnded("echo", Lane.VIRTUAL, "done", Duration.ofMillis(20));
    metrics.attemptEnded("echo", Lane.VIRTUAL, "retry", Duration.ofMillis(40));
    metrics.outcomeRecorded("echo", Outcome.Status.SUCCEEDED);
    metrics.acknowledged("default", 3);
    metrics.returned("default");
    metrics.reopened("default", EngineListener.Reopened.STARVING);
    metrics.reopened("default", EngineListener.Reopened.IDLE);

    assertThat(count("warren.deliveries", "redelivered", "yes")).isOne();
    assertThat(count("warren.attempts", "verdict", "retry")).isOne();
    assertThat(count("warren.outcomes", "status", "succeeded")).isOne();
    assertThat(count("warren.deliveries.acknowledged", "queue", "default")).isEqualTo(3);
    assertThat(count("warren.deliveries.returned", "queue", "default")).isOne();
    assertThat(count("warren.channels.reopened", "reason", "starving")).isOne();
    assertThat(registry.get("warren.attempt.ran").tag("lane", "virtual").timer().count())
        .isEqualTo(2);
    assertThat(registry.get("warren.attempt.waited").timer().count()).isOne();
  }

  @Test
  void strangersCannotMakeLabels() {
    for (int i = 0; i < 1_000; i++) {
      metrics.delivered("default", "made.up-" + i, false);
    }

    assertThat(registry.find("warren.deliveries").counters())
        .singleElement()
        .satisfies(
            counter -> {
              assertThat(counter.getId().getTag("type")).isEqualTo("unknown");
              assertThat(counter.count()).isEqualTo(1_000);
            });
  }

  @Test
  void successesAndDeathsAreTallied() {
    metrics.outcomeRecorded("echo", Outcome.Status.SUCCEEDED);
    metrics.outcomeRecorded("echo", Outcome.Status.DEAD);
    metrics.outcomeRecorded("echo", Outcome.Status.DEAD);
    metrics.outcomeRecorded("echo", Outcome.Status.EXPIRED);

    assertThat(metrics.done()).isOne();
    assertThat(metrics.failed()).isEqualTo(2);
  }

  @Test
  void gaugesFollowTheEngine() {
    EngineState[] state = {
      new EngineState(
          true,
          false,
          2,
          5,
          List.of(
              new EngineState.QueueState("default", true, "consuming", 9, 32, Optional.empty())))
    };
    metrics.watch(() -> state[0], List.of("default"));

    assertThat(registry.get("warren.attempts.running").gauge().value()).isEqualTo(2);
    assertThat(registry.get("warren.attempts.waiting").gauge().value()).isEqualTo(5);
    assertThat(registry.get("warren.ready").gauge().value()).isOne();
    assertThat(
            registry
                .get("warren.deliveries.unacknowledged")
                .tag("queue", "default")
                .gauge()
                .value())
        .isEqualTo(9);
    assertThat(registry.get("warren.deliveries.prefetch").tag("queue", "default").gauge().value())
        .isEqualTo(32);

    state[0] = new EngineState(false, true, 0, 0, List.of());
    assertThat(registry.get("warren.ready").gauge().value()).isZero();
    assertThat(registry.get("warren.draining").gauge().value()).isOne();
  }

  private double count(String name, String tag, String value) {
    return registry.get(name).tag(tag, value).counter().count();
  }
}
