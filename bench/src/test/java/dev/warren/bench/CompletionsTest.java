package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CompletionsTest {
  private static final long START = -77;

  @Test
  void nothingCompletedIsNoRate() {
    assertThat(new Completions(START).rate()).isEqualTo(Rate.NONE);
  }

  @Test
  void totalRateCountsFromTheStartAndTheSteadyOneLeavesTheFirstQuarterOut() {
    Completions completions = new Completions(START);
    // 100 in the first two seconds, 300 in the third.
    for (int i = 1; i <= 100; i++) {
      completions.completed(START + TimeUnit.MILLISECONDS.toNanos(20L * i) - 1);
    }
    for (int i = 1; i <= 300; i++) {
      completions.completed(START + TimeUnit.SECONDS.toNanos(2) + i * 1_000_000_000L / 300);
    }

    Rate rate = completions.rate();

    assertThat(rate.count()).isEqualTo(400);
    assertThat(rate.total()).isCloseTo(400 / 3.0, within(0.1));
    assertThat(rate.steady()).isCloseTo(300, within(0.1));
  }
}
