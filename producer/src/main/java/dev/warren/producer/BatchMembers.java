package dev.warren.producer;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which members of a batch the broker has confirmed, and which may have been accepted without a
 * confirm. Safe for concurrent use. Its memory does not grow with the batch, only with gaps among
 * the confirmed indexes.
 */
final class BatchMembers {
  private enum Phase {
    OPEN,
    SEALING,
    SEALED,
    LEFT
  }

  private final String batch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition settled = lock.newCondition();

  // Guarded by lock.
  private Phase phase = Phase.OPEN;
  private int underWay;
  private long next;
  private long confirmedBelow;
  private final Set<Long> confirmedAbove = new HashSet<>();
  private final Map<Long, RawTask> undecided = new LinkedHashMap<>();

  /** Members of a batch of which those below {@code from} are confirmed. */
  BatchMembers(String batch, long from) {
    if (from < 0) {
      throw new IllegalArgumentException("members of a batch count from 0, not from " + from);
    }
    this.batch = batch;
    this.next = from;
    this.confirmedBelow = from;
  }

  /** Takes the next index for a member that is now under way. */
  long begin() {
    lock.lock();
    try {
      requireOpen();
      underWay++;
      return next++;
    } finally {
      lock.unlock();
    }
  }

  /** A member with a chosen index is now under way. */
  void begin(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("members of a batch count from 0, not " + index);
    }
    lock.lock();
    try {
      requireOpen();
      underWay++;
      next = Math.max(next, index + 1);
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    switch (phase) {
      case OPEN -> {}
      case SEALING, SEALED ->
          throw new IllegalStateException("batch " + batch + " is sealed: it takes no members");
      case LEFT ->
          throw new IllegalStateException(
              "batch " + batch + " was closed here; resume it to add members");
    }
  }

  /** The broker has a member. */
  void confirmed(long index) {
    lock.lock();
    try {
      count(index);
      undecided.remove(index);
      over();
    } finally {
      lock.unlock();
    }
  }

  /** A member was confirmed to somebody else. */
  void count(long index) {
    lock.lock();
    try {
      next = Math.max(next, index + 1);
      if (index < confirmedBelow || !confirmedAbove.add(index)) {
        return;
      }
      while (confirmedAbove.remove(confirmedBelow)) {
        confirmedBelow++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The broker certainly does not have this submission of a member. */
  void refused() {
    lock.lock();
    try {
      over();
    } finally {
      lock.unlock();
    }
  }

  /** The broker may have a member. */
  void undecided(long index, RawTask task) {
    lock.lock();
    try {
      if (index >= confirmedBelow && !confirmedAbove.contains(index)) {
        undecided.put(index, task);
      }
      over();
    } finally {
      lock.unlock();
    }
  }

  private void over() {
    underWay--;
    settled.signalAll();
  }

  /** Refuses members from now on, until {@link #reopen}; false if they are refused for good. */
  boolean beginSeal() {
    lock.lock();
    try {
      if (phase == Phase.SEALED) {
        return false;
      }
      requireOpen();
      phase = Phase.SEALING;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Sealing failed: it can be tried again, and members are taken again. */
  void reopen() {
    lock.lock();
    try {
      phase = Phase.OPEN;
    } finally {
      lock.unlock();
    }
  }

  void sealed() {
    lock.lock();
    try {
      phase = Phase.SEALED;
    } finally {
      lock.unlock();
    }
  }

  /** Refuses members from now on; true if that leaves an unsealed batch behind. */
  boolean leave() {
    lock.lock();
    try {
      if (phase != Phase.OPEN) {
        return false;
      }
      phase = Phase.LEFT;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Members that may have been accepted, to be submitted again as they are: they are under way. */
  Map<Long, RawTask> takeUndecided() {
    lock.lock();
    try {
      Map<Long, RawTask> taken = new LinkedHashMap<>(undecided);
      underWay += taken.size();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  int undecided() {
    lock.lock();
    try {
      return undecided.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no member is under way; false if the limit passes first. */
  boolean awaitSettled(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (underWay > 0) {
        if (left <= 0) {
          return false;
        }
        left = settled.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How many members are confirmed. */
  long confirmed() {
    lock.lock();
    try {
      return confirmedBelow + confirmedAbove.size();
    } finally {
      lock.unlock();
    }
  }

  /** The index of the next member, above all that were used. */
  long next() {
    lock.lock();
    try {
      return next;
    } finally {
      lock.unlock();
    }
  }
}
