package dev.warren.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;

/** How many were completed, in each tenth of a second. Safe for concurrent use. */
final class Completions {
  private static final long GRAIN = TimeUnit.MILLISECONDS.toNanos(100);

  /** For somewhat more than an hour; what comes later counts with the last. */
  private static final int MOST = 40_000;

  private final long startNanos;
  private final AtomicLongArray counts = new AtomicLongArray(MOST);
  private final LongAccumulator last = new LongAccumulator(Math::max, 0);

  Completions(long startNanos) {
    this.startNanos = startNanos;
  }

  void completed(long nowNanos) {
    long after = Math.max(0, nowNanos - startNanos);
    counts.incrementAndGet((int) Math.min(MOST - 1, after / GRAIN));
    last.accumulate(after);
  }

  /** The rate from the start; the steady one as near as tenths of a second allow. */
  Rate rate() {
    long end = last.get();
    long count = 0;
    for (int i = 0; i < MOST; i++) {
      count += counts.get(i);
    }
    if (count == 0) {
      return Rate.NONE;
    }
    long first = 0;
    int grain = 0;
    while (first < count / 4) {
      first += counts.get(grain++);
    }
    long steadyNanos = end - grain * GRAIN;
    return new Rate(
        count,
        steadyNanos <= 0 ? 0 : (count - first) * 1e9 / steadyNanos,
        end == 0 ? 0 : count * 1e9 / end);
  }
}
