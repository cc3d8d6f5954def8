package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.topology.TopologyNames;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DelayRouteTest {
  private static long secondsOf(DelayRoute route) {
    String[] parts = route.routingKey().split("\\.", -1);
    long seconds = 0;
    for (int i = 0; i < TopologyNames.DELAY_LEVELS; i++) {
      seconds = 2 * seconds + Integer.parseInt(parts[i]);
    }
    return seconds;
  }

  @Test
  void noDelayGoesStraightToTheTasks() {
    assertThat(DelayRoute.of(Duration.ZERO, "default", "a.b"))
        .isEqualTo(new DelayRoute("warren.tasks", "default.a.b"));
    assertThat(DelayRoute.of(Duration.ofSeconds(-5), "default", "a.b").exchange())
        .isEqualTo("warren.tasks");
  }

  @Test
  void theKeyWritesTheSecondsInBitsAndTheExchangeIsTheHighest() {
    DelayRoute route = DelayRoute.of(Duration.ofSeconds(5), "default", "a.b");

    assertThat(route.exchange()).isEqualTo("warren.delay.02");
    assertThat(route.routingKey()).isEqualTo("0.".repeat(17) + "1.0.1.default.a.b");
  }

  @Test
  void aDelayIsRoundedUpSoThatNothingIsEarly() {
    assertThat(secondsOf(DelayRoute.of(Duration.ofMillis(1), "q", "t"))).isEqualTo(1);
    assertThat(secondsOf(DelayRoute.of(Duration.ofMillis(4_001), "q", "t"))).isEqualTo(5);
    assertThat(secondsOf(DelayRoute.of(Duration.ofSeconds(5), "q", "t"))).isEqualTo(5);
  }

  @Test
  void aDelayBeyondReachTakesTheWholeLadder() {
    DelayRoute route = DelayRoute.of(Duration.ofDays(365), "q", "t");

    assertThat(route.exchange()).isEqualTo("warren.delay.19");
    assertThat(secondsOf(route)).isEqualTo((1L << 20) - 1);
  }
}
