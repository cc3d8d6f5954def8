package dev.warren.bench;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** When tasks were completed. Safe for concurrent use. */
final class CompletionLog {
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private long[] times = new long[1 << 16];
  private int count;

  void completed(long nanos) {
    lock.lock();
    try {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = nanos;
    } finally {
      lock.unlock();
    }
  }

  /** The rate, counted from a start. */
  Rate rate(long startNanos) {
    lock.lock();
    try {
      // Several threads may complete: their clock readings can overtake each other by a little.
      Arrays.sort(times, 0, count);
      return Rate.of(startNanos, times, count);
    } finally {
      lock.unlock();
    }
  }
}
