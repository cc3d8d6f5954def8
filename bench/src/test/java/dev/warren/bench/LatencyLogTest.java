package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyLogTest {
  private static final long MILLI = 1_000_000L;
  private static final long START = 77;

  @Test
  void requestsAreMeantForEvenTimes() {
    LatencyLog log = new LatencyLog(START, 1_000, 0);

    assertThat(log.intended(0)).isEqualTo(START);
    assertThat(log.intended(2_500)).isEqualTo(START + 2_500 * MILLI);
  }

  @Test
  void unevenIntervalsDoNotDrift() {
    LatencyLog log = new LatencyLog(0, 3, 0);

    assertThat(log.intended(3 * 86_400)).isEqualTo(86_400_000 * MILLI);
  }

  /**
   * One stall of a second at 100 a second holds up a hundred requests: counted from when they were
   * sent they would all look fast but one.
   */
  @Test
  void aStallShowsInAllRequestsThatItHeldUp() {
    LatencyLog log = new LatencyLog(START, 100, 0);
    for (int i = 0; i < 200; i++) {
      long answered = log.intended(i) + MILLI;
      long stallEnds = log.intended(100) + 1_000 * MILLI;
      log.completed(i, i < 100 ? answered : Math.max(answered, stallEnds));
    }

    Latency latency = log.latency();

    assertThat(latency.count()).isEqualTo(200);
    assertThat(latency.max()).isCloseTo(1_000, within(1.0));
    // The held up half waits 10, 20, ... 1000 ms: its middle is the third quartile of all.
    assertThat(latency.p50()).isCloseTo(10, within(10.0));
    assertThat(latency.p90()).isCloseTo(800, within(15.0));
    assertThat(latency.p99()).isCloseTo(980, within(15.0));
  }

  @Test
  void requestsOfTheWarmUpAreNotCounted() {
    LatencyLog log = new LatencyLog(START, 1_000, 50);
    log.completed(49, log.intended(49) + 900 * MILLI);
    log.completed(50, log.intended(50) + 2 * MILLI);

    assertThat(log.latency().count()).isEqualTo(1);
    assertThat(log.latency().max()).isCloseTo(2, within(0.01));
  }
}
