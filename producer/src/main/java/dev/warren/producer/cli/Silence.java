package dev.warren.producer.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Does something once when nothing was heard for a while, on a thread of its own. */
final class Silence implements AutoCloseable {
  private final Duration limit;
  private final Runnable whenSilent;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition over = lock.newCondition();
  // Guarded by lock.
  private long heardAt = System.nanoTime();
  private boolean closed;

  private Silence(Duration limit, Runnable whenSilent) {
    this.limit = limit;
    this.whenSilent = whenSilent;
  }

  static Silence after(Duration limit, Runnable whenSilent) {
    Silence silence = new Silence(limit, whenSilent);
    Thread.ofVirtual().name("warren-silence").start(silence::watch);
    return silence;
  }

  /** Something was heard. */
  void broken() {
    lock.lock();
    try {
      heardAt = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!closed && left > 0) {
        boolean unused = over.await(left, TimeUnit.NANOSECONDS);
        left = limit.toNanos() - (System.nanoTime() - heardAt);
      }
      if (closed) {
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return;
    } finally {
      lock.unlock();
    }
    whenSilent.run();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      over.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
