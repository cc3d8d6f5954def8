package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PoolHealthTest {
  private static final Duration YOUNG = Duration.ofSeconds(1);

  private final PoolHealth health = new PoolHealth();

  @Test
  void manyFailuresInARowAreTroubleAndFewAreNot() {
    health.couldNotStart("no memory");
    health.endedUnused("exit code 0", YOUNG);
    assertThat(health.trouble(Duration.ZERO)).isEmpty();
    assertThat(health.failing()).isTrue();

    health.endedUnused("exit code 0", YOUNG);

    assertThat(health.trouble(YOUNG)).hasValue("3 times in a row, at last: exit code 0");
  }

  @Test
  void anAnswerEndsTheCount() {
    for (int i = 0; i < PoolHealth.MANY; i++) {
      health.couldNotStart("no memory");
    }

    health.works();

    assertThat(health.trouble(Duration.ZERO)).isEmpty();
    assertThat(health.failing()).isFalse();
  }

  @Test
  void aChildThatLivesIsNoTroubleAlthoughOthersDoNotComeUp() {
    for (int i = 0; i < PoolHealth.MANY; i++) {
      health.couldNotStart("no memory");
    }

    assertThat(health.trouble(PoolHealth.STEADY)).isEmpty();
    assertThat(health.failing()).as("others are still started ever later").isTrue();
  }

  @Test
  void theEndOfAChildThatHadComeUpIsTheFirstFailureOfItsRow() {
    for (int i = 0; i < PoolHealth.MANY; i++) {
      health.couldNotStart("no memory");
    }

    health.endedUnused("exit code 137", PoolHealth.STEADY);

    assertThat(health.trouble(Duration.ZERO)).isEmpty();
    assertThat(health.failing()).isTrue();
  }
}
