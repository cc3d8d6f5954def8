package dev.warren.gateway.tasks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/** Lets so many through at once; the others wait in order. Safe for concurrent use. */
final class Gate {
  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int inside;

  Gate(int limit) {
    this.limit = limit;
  }

  /**
   * Asks for a place. {@code entered} is called once there is one: at once, or on the thread of
   * whoever leaves, and must not block.
   */
  void enter(Runnable entered) {
    lock.lock();
    try {
      if (inside >= limit) {
        waiting.addLast(entered);
        return;
      }
      inside++;
    } finally {
      lock.unlock();
    }
    entered.run();
  }

  /** No longer asks; false if the place was given already. */
  boolean forget(Runnable entered) {
    lock.lock();
    try {
      return waiting.remove(entered);
    } finally {
      lock.unlock();
    }
  }

  /** Gives a place back, to the next who waits. */
  void leave() {
    Runnable next;
    lock.lock();
    try {
      next = waiting.pollFirst();
      if (next == null) {
        inside--;
        return;
      }
    } finally {
      lock.unlock();
    }
    next.run();
  }
}
