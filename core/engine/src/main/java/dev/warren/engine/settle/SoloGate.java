package dev.warren.engine.settle;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a suspect run with nothing beside it: no other attempt begins, those that run end, then the
 * suspect runs, and then the gate opens again. Nobody waits in it: who may not begin is kept here,
 * and handed back to be started when it may. Suspects take turns with ordinary work: as long as one
 * has kept the gate closed, it stays open afterwards, if there is anything else to do.
 *
 * <p>An attempt must be told of here at its begin ({@link #admit}) and its end ({@link #over}).
 * Times are those of one monotonic clock, in nanoseconds. Safe for concurrent use.
 *
 * @param <T> attempts, told apart by identity or {@code equals}
 */
public final class SoloGate<T> {
  /** What becomes of a suspect. */
  public enum Answer {
    /** Nothing runs: begin. */
    NOW,
    /** It is next, and handed back when what runs has ended. */
    NEXT,
    /** Not now; see {@link #turnEnds}. */
    LATER
  }

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Set<T> kept = new LinkedHashSet<>();
  private int running;
  private @Nullable T suspect;
  private boolean alone;
  private long closedAt;
  private long openedAt;
  private long turnNanos;

  /** Whether an attempt may begin; one that may not is kept. */
  public boolean admit(T attempt) {
    lock.lock();
    try {
      if (suspect == null || (alone && attempt.equals(suspect))) {
        running++;
        return true;
      }
      kept.add(attempt);
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** A suspect is to run. */
  public Answer offer(T attempt, long now) {
    lock.lock();
    try {
      boolean othersTurn = now - openedAt < turnNanos && (running > 0 || !kept.isEmpty());
      if (suspect != null || othersTurn) {
        return Answer.LATER;
      }
      suspect = attempt;
      closedAt = now;
      alone = running == 0;
      return alone ? Answer.NOW : Answer.NEXT;
    } finally {
      lock.unlock();
    }
  }

  /** How much of the turn of ordinary work is left; zero if a suspect runs or none has run. */
  public Duration turnEnds(long now) {
    lock.lock();
    try {
      return Duration.ofNanos(Math.max(0, turnNanos - (now - openedAt)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * An attempt has ended, or will not begin.
   *
   * @param admitted whether {@link #admit} has let it begin
   * @return those that may begin now
   */
  public List<T> over(T attempt, boolean admitted, long now) {
    lock.lock();
    try {
      running -= admitted ? 1 : 0;
      if (attempt.equals(suspect)) {
        suspect = null;
        alone = false;
        openedAt = now;
        turnNanos = now - closedAt;
        List<T> next = List.copyOf(kept);
        kept.clear();
        return next;
      }
      if (!admitted) {
        kept.remove(attempt);
      }
      if (suspect != null && !alone && running == 0) {
        alone = true;
        return List.of(suspect);
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a suspect runs or is next. */
  public boolean closed() {
    lock.lock();
    try {
      return suspect != null;
    } finally {
      lock.unlock();
    }
  }
}
