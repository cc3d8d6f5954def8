package dev.warren.engine.limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds at most so many at once. Of those that find no place a few wait here; the others are to
 * come again when there will be places for them, as far as durations so far tell: each that goes
 * away gets a time of its own, so that they come back about as fast as places get free, however
 * many they are.
 *
 * <p>Who got a place or waits must be told of when it is {@link #over}. Times are those of one
 * monotonic clock, in nanoseconds. Safe for concurrent use.
 *
 * @param <T> who comes, told apart by identity or {@code equals}
 */
public final class Room<T> {
  /** The shortest time away; the grain of delays in the broker. */
  public static final Duration SHORTEST = Duration.ofSeconds(1);

  /** The longest time away, if durations promise more. */
  public static final Duration LONGEST = Duration.ofMinutes(5);

  /** What comes back a little too early finds somebody waiting less often than nobody. */
  private static final double EARLY = 0.9;

  /** Nobody is sent away for more than so many times as long as durations were learned from. */
  private static final int FORESIGHT = 8;

  private static final Duration FIRST_HORIZON = Duration.ofSeconds(2);

  private static final long NEVER = Long.MIN_VALUE;
  private static final double WEIGHT_OF_NEWEST = 0.2;

  /** Until one has ended; too short costs journeys, too long leaves places empty. */
  private static final double FIRST_GUESS_NANOS = 0.25e9;

  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<T, Long> inside = new HashMap<>();
  private final Set<T> waiting = new LinkedHashSet<>();
  private double meanNanos;
  private long enteredAt;
  private long beganAt = NEVER;
  private long awayUntil;
  private long away;

  /** What becomes of one that comes. */
  public sealed interface Answer {
    /** It has a place. */
    record Enter() implements Answer {}

    /** It waits, until {@link #over} of another hands it back. */
    record Wait() implements Answer {}

    /** It is to come again after a pause. */
    record Away(Duration pause) implements Answer {}
  }

  /**
   * @param limit how many have a place at once
   */
  public Room(int limit) {
    this.limit = limit;
  }

  /**
   * One comes.
   *
   * @param mostWaiting how many may wait here, this one included
   * @param spread from 0 to 1, so that those with the same pause do not come together
   */
  public Answer offer(T one, int mostWaiting, double spread, long now) {
    lock.lock();
    try {
      if (inside.size() < limit) {
        enter(one, now);
        return new Answer.Enter();
      }
      if (waiting.size() < mostWaiting) {
        waiting.add(one);
        return new Answer.Wait();
      }
      away++;
      return new Answer.Away(pause(spread, now));
    } finally {
      lock.unlock();
    }
  }

  /** One has ended or waits no more; answers who has its place now. */
  public Optional<T> over(T one, long now) {
    lock.lock();
    try {
      Long since = inside.remove(one);
      if (since == null) {
        waiting.remove(one);
        return Optional.empty();
      }
      double took = now - since;
      meanNanos = meanNanos == 0 ? took : meanNanos + WEIGHT_OF_NEWEST * (took - meanNanos);
      Iterator<T> others = waiting.iterator();
      if (!others.hasNext()) {
        return Optional.empty();
      }
      T next = others.next();
      others.remove();
      enter(next, now);
      return Optional.of(next);
    } finally {
      lock.unlock();
    }
  }

  /** How many end in a time, as durations so far tell; at least as many as have a place. */
  public int endingWithin(Duration time, long now) {
    lock.lock();
    try {
      return Math.clamp((long) (time.toNanos() / eachNanos(now)), limit, Integer.MAX_VALUE);
    } finally {
      lock.unlock();
    }
  }

  /** How many have a place at once. */
  public int limit() {
    return limit;
  }

  /** How many have a place now. */
  public int running() {
    lock.lock();
    try {
      return inside.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many wait here now. */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** How often one was sent away. */
  public long away() {
    lock.lock();
    try {
      return away;
    } finally {
      lock.unlock();
    }
  }

  private void enter(T one, long now) {
    inside.put(one, now);
    enteredAt = now;
    beganAt = beganAt == NEVER ? now : beganAt;
  }

  /** The time from one end to the next. If nobody has entered for long, that is longer. */
  private double eachNanos(long now) {
    double known = meanNanos == 0 ? FIRST_GUESS_NANOS : meanNanos;
    double atLeast = inside.size() < limit ? 0 : now - enteredAt;
    return Math.max(1, Math.max(known, atLeast) / limit);
  }

  /**
   * A first guess at thousands that wait may be far off: they ask again before it costs minutes.
   */
  private long horizon(long now) {
    return Math.clamp(FORESIGHT * (now - beganAt), FIRST_HORIZON.toNanos(), LONGEST.toNanos());
  }

  private Duration pause(double spread, long now) {
    double each = EARLY * eachNanos(now);
    long begin = Math.max(awayUntil, now + (long) (waiting.size() * each));
    awayUntil = Math.min(begin + (long) each, now + horizon(now));
    long pause = Math.clamp(begin - now, SHORTEST.toNanos(), LONGEST.toNanos());
    return Duration.ofNanos(Math.max(SHORTEST.toNanos(), pause - (long) (spread * pause / 4)));
  }
}
