package dev.warren.bench;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Latencies of an open loop: request {@code i} is meant for {@code start + i / rate} and its
 * latency counts from there, also when it could only be sent later. So a stall shows in all
 * requests that it held up (no coordinated omission). Safe for concurrent use.
 */
final class LatencyLog {
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);
  private static final int DIGITS = 3;

  private final long startNanos;
  private final double intervalNanos;
  private final long firstCounted;
  private final Histogram histogram = new ConcurrentHistogram(LONGEST, DIGITS);

  /**
   * @param firstCounted requests before this one warm up and are left out
   */
  LatencyLog(long startNanos, int perSecond, long firstCounted) {
    this.startNanos = startNanos;
    this.intervalNanos = 1e9 / perSecond;
    this.firstCounted = firstCounted;
  }

  /** When a request is meant to be sent. */
  long intended(long request) {
    return startNanos + Math.round(request * intervalNanos);
  }

  void completed(long request, long nowNanos) {
    if (request >= firstCounted) {
      histogram.recordValue(Math.clamp(nowNanos - intended(request), 0, LONGEST));
    }
  }

  Latency latency() {
    return new Latency(
        histogram.getTotalCount(),
        millis(50),
        millis(90),
        millis(99),
        millis(99.9),
        histogram.getMaxValue() / 1e6);
  }

  private double millis(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
