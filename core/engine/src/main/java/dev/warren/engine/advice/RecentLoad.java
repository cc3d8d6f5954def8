package dev.warren.engine.advice;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many attempts ran at once. By Little's law that is how many end per second times how long
 * they take; kept is the most that this was over a window. Safe for concurrent use.
 */
final class RecentLoad {
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final LongAdder busyNanos = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private long busyBefore;
  private double most;

  private volatile long windowBegan;

  RecentLoad(long nowNanos) {
    windowBegan = nowNanos;
  }

  void began() {
    int now = running.incrementAndGet();
    if (now > mostRunning.get()) {
      mostRunning.accumulateAndGet(now, Math::max);
    }
  }

  void ended(long ranNanos, long nowNanos) {
    running.decrementAndGet();
    busyNanos.add(ranNanos);
    if (nowNanos - windowBegan >= WINDOW_NANOS && lock.tryLock()) {
      try {
        roll(nowNanos);
      } finally {
        lock.unlock();
      }
    }
  }

  private void roll(long nowNanos) {
    long passed = nowNanos - windowBegan;
    if (passed >= WINDOW_NANOS) {
      most = Math.max(most, mean(passed));
      busyBefore = busyNanos.sum();
      windowBegan = nowNanos;
    }
  }

  private double mean(long passedNanos) {
    return (double) (busyNanos.sum() - busyBefore) / passedNanos;
  }

  /** The most that ran at once on average over ten seconds or more; of the first ones, so far. */
  double most(long nowNanos) {
    lock.lock();
    try {
      // A window that has just begun says nothing: the end of one long attempt would be its load.
      double now = Math.max(WINDOW_NANOS, nowNanos - windowBegan);
      // Attempts that are longer than a window would count as a crowd where they end together.
      return Math.min(Math.max(most, mean((long) now)), mostRunning.get());
    } finally {
      lock.unlock();
    }
  }
}
