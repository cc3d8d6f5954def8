package dev.warren.bench;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Places for unfinished tasks. One thread takes them, all may give back. The thread that waits is
 * woken only when an eighth of the places is free: to wake it for each would cost more processor
 * time than a task.
 */
final class Window {
  private static final int SHARE = 8;

  private final int size;
  private final AtomicInteger free;
  private volatile int wanted;
  private volatile @Nullable Thread waiting;

  Window(int size) {
    this.size = size;
    this.free = new AtomicInteger(size);
  }

  /** Takes so many, at most all; false if they do not become free in time. */
  boolean take(int count, long limitNanos) throws InterruptedException {
    if (free.get() < count && !await(Math.max(count, size / SHARE), limitNanos)) {
      return false;
    }
    free.addAndGet(-count);
    return true;
  }

  /** Waits until nothing is unfinished; false if it does not become so in time. */
  boolean awaitAll(long limitNanos) throws InterruptedException {
    return free.get() == size || await(size, limitNanos);
  }

  int unfinished() {
    return size - free.get();
  }

  void giveBack() {
    int now = free.incrementAndGet();
    Thread thread = waiting;
    // Those that give back after this one wake it too, so that no wake-up can be missed.
    if (thread != null && now >= wanted) {
      LockSupport.unpark(thread);
    }
  }

  private boolean await(int count, long limitNanos) throws InterruptedException {
    long deadline = System.nanoTime() + limitNanos;
    wanted = count;
    waiting = Thread.currentThread();
    try {
      while (free.get() < count) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        LockSupport.parkNanos(this, left);
      }
      return true;
    } finally {
      waiting = null;
    }
  }
}
