package dev.warren.engine.delivery;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The deliveries that this process holds, and how many of their attempts run. Safe for concurrent
 * use.
 */
final class LiveDeliveries {
  private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean watched;

  void add(Delivery delivery) {
    deliveries.add(delivery);
  }

  void remove(Delivery delivery) {
    deliveries.remove(delivery);
    if (watched) {
      signal();
    }
  }

  /** Those held now. */
  List<Delivery> held() {
    return List.copyOf(deliveries);
  }

  void waits() {
    waiting.incrementAndGet();
  }

  void waitsNoMore() {
    waiting.decrementAndGet();
  }

  void runs() {
    running.incrementAndGet();
  }

  void runsNoMore() {
    running.decrementAndGet();
  }

  int running() {
    return running.get();
  }

  int waiting() {
    return waiting.get();
  }

  /** Wakes who waits in {@link #awaitNone}. */
  void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no delivery is held, or the time is up, or {@code hurry} says so; true if none is
   * held.
   */
  boolean awaitNone(long nanos, BooleanSupplier hurry) throws InterruptedException {
    watched = true;
    long left = nanos;
    lock.lock();
    try {
      while (!deliveries.isEmpty() && left > 0 && !hurry.getAsBoolean()) {
        left = changed.awaitNanos(left);
      }
      return deliveries.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
