package dev.warren.engine.advice;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets that grow with them, so that a percentile is right to about 6 %,
 * whatever its size, in 2 kB. Safe for concurrent use.
 *
 * <p>Bucket {@code b} below 8 holds durations of {@code b} microseconds; above that each doubling
 * has eight buckets: {@code b} begins at {@code (8 + b mod 8) * 2^(b / 8 - 1)} microseconds.
 */
final class DurationBuckets {
  private static final int PER_DOUBLING = 8;
  private static final int DOUBLING_BITS = 3;

  /** The last one begins at 19 hours and holds what is longer, too. */
  static final int MOST = 272;

  private final AtomicLongArray counts = new AtomicLongArray(MOST);

  void add(Duration duration) {
    counts.incrementAndGet(bucket(duration));
  }

  /** How many durations are in each bucket that is not empty, in order. */
  Map<Integer, Long> counts() {
    Map<Integer, Long> found = new TreeMap<>();
    for (int bucket = 0; bucket < MOST; bucket++) {
      long count = counts.get(bucket);
      if (count > 0) {
        found.put(bucket, count);
      }
    }
    return found;
  }

  static int bucket(Duration duration) {
    // Whole seconds first: the microseconds of a senseless duration do not fit into a long.
    long seconds = Math.clamp(duration.toSeconds(), 0, 1_000_000_000L);
    long micros = seconds * 1_000_000 + duration.toNanosPart() / 1_000;
    if (duration.isNegative()) {
      micros = 0;
    }
    if (micros < PER_DOUBLING) {
      return (int) micros;
    }
    int doublings = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - DOUBLING_BITS;
    int within = (int) (micros >> doublings) - PER_DOUBLING;
    return Math.min(MOST - 1, (doublings + 1) * PER_DOUBLING + within);
  }

  /** Where a bucket begins. */
  static Duration begin(int bucket) {
    if (bucket < PER_DOUBLING) {
      return Duration.ofNanos(bucket * 1_000L);
    }
    long micros = (long) (PER_DOUBLING + bucket % PER_DOUBLING) << (bucket / PER_DOUBLING - 1);
    return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
  }
}
