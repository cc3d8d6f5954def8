package dev.warren.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** How bytes travel through a proxy just now; whoever carries some waits here for their time. */
final class Line {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Faults faults = Faults.NONE;
  private boolean closed;

  void change(UnaryOperator<Faults> change) {
    lock.lock();
    try {
      faults = change.apply(faults);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until bytes may arrive.
   *
   * @param readAt when they were sent, in {@link System#nanoTime}
   * @param freeAt when the bytes before them have passed, in {@link System#nanoTime}
   * @param length how many they are
   * @return when these have passed
   */
  long await(long readAt, long freeAt, int length) throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        long begins = later(readAt + faults.latency().toNanos(), freeAt);
        long passed = begins + faults.nanosFor(length);
        long wait = passed - System.nanoTime();
        if (faults.stalled()) {
          changed.await();
        } else if (wait <= 0) {
          return passed;
        } else {
          changed.await(wait, TimeUnit.NANOSECONDS);
        }
      }
      return freeAt;
    } finally {
      lock.unlock();
    }
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }

  record Faults(boolean stalled, Duration latency, long bytesPerSecond) {
    static final Faults NONE = new Faults(false, Duration.ZERO, Long.MAX_VALUE);

    Faults {
      if (latency.isNegative() || bytesPerSecond < 1) {
        throw new IllegalArgumentException(
            "latency must not be negative and bandwidth at least 1 byte per second: "
                + latency
                + ", "
                + bytesPerSecond);
      }
    }

    Faults withStalled(boolean value) {
      return new Faults(value, latency, bytesPerSecond);
    }

    Faults withLatency(Duration value) {
      return new Faults(stalled, value, bytesPerSecond);
    }

    Faults withBytesPerSecond(long value) {
      return new Faults(stalled, latency, value);
    }

    long nanosFor(int bytes) {
      return bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    }
  }
}
