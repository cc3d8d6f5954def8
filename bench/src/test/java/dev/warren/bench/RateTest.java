package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void steadyRateLeavesOutTheFirstQuarter() {
    // 25 in 10 slow seconds, then 75 in one.
    long[] slow = LongStream.rangeClosed(1, 25).map(i -> i * 10 * SECOND / 25).toArray();
    long[] fast = LongStream.rangeClosed(1, 75).map(i -> 10 * SECOND + i * SECOND / 75).toArray();
    long[] all = LongStream.concat(LongStream.of(slow), LongStream.of(fast)).toArray();

    Rate rate = Rate.of(0, all, all.length);

    assertThat(rate.count()).isEqualTo(100);
    assertThat(rate.steady()).isCloseTo(75, within(0.01));
    assertThat(rate.total()).isCloseTo(100 / 11.0, within(0.01));
  }

  @Test
  void totalRateCountsFromTheStartAndNotFromTheFirstCompletion() {
    Rate rate = Rate.of(5 * SECOND, new long[] {9 * SECOND, 10 * SECOND}, 2);

    assertThat(rate.total()).isCloseTo(0.4, within(1e-9));
  }

  @Test
  void whatStandsBehindTheCountIsNotRead() {
    assertThat(Rate.of(0, new long[] {SECOND, 2 * SECOND, 3 * SECOND, 4 * SECOND, 0, 0}, 4))
        .isEqualTo(new Rate(4, 1, 1));
  }

  @Test
  void nothingCompletedIsNoRate() {
    assertThat(Rate.of(7, new long[8], 0)).isEqualTo(Rate.NONE);
  }
}
