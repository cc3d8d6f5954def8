package dev.warren.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final RetryPolicy POLICY =
      new RetryPolicy(5, Duration.ofSeconds(1), 2, Duration.ofSeconds(10), true);

  @Test
  void waitsDoubleUpToTheCap() {
    RetryPolicy policy = POLICY.withJitter(false);
    SplittableRandom random = new SplittableRandom(1);

    assertThat(policy.waitAfter(1, random)).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.waitAfter(2, random)).isEqualTo(Duration.ofSeconds(2));
    assertThat(policy.waitAfter(4, random)).isEqualTo(Duration.ofSeconds(8));
    assertThat(policy.waitAfter(5, random)).isEqualTo(Duration.ofSeconds(10));
    assertThat(policy.waitAfter(10_000, random)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void jitterDrawsFromTheWholeRange() {
    SplittableRandom random = new SplittableRandom(1);
    long shortest = Long.MAX_VALUE;
    long longest = 0;
    for (int i = 0; i < 10_000; i++) {
      long millis = POLICY.waitAfter(3, random).toMillis();
      assertThat(millis).isBetween(0L, 4_000L);
      shortest = Math.min(shortest, millis);
      longest = Math.max(longest, millis);
    }

    assertThat(shortest).isLessThan(100);
    assertThat(longest).isGreaterThan(3_900);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> POLICY.withMaxAttempts(0)).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> POLICY.withBackOff(Duration.ofSeconds(2), 2, Duration.ofSeconds(1)))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(
            () -> POLICY.withBackOff(Duration.ofSeconds(1), Double.NaN, Duration.ofSeconds(1)))
        .isInstanceOf(ConfigurationException.class);
  }
}
