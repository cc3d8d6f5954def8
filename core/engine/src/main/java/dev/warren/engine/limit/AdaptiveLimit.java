package dev.warren.engine.limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds how many attempts at once whatever they wait for can bear: more as long as they take no
 * longer for it, fewer when they take much longer than they do with little beside them, or when
 * most of them fail. Each type is compared with itself alone, by the logarithm of its durations, so
 * that one that takes minutes does not hide a thousand that take milliseconds. To know how long
 * they take with little beside them, the limit is halved for a moment now and then.
 *
 * <p>Only a limit that is reached changes. Times are those of one monotonic clock, in nanoseconds.
 * Safe for concurrent use.
 */
public final class AdaptiveLimit {
  /** So much longer than with little beside them attempts may take: to share is worth a wait. */
  private static final double TOLERANCE = 1.5;

  private static final double STEEPEST = 0.5;
  private static final double FEWER_AFTER_FAILURES = 0.7;
  private static final double REACHED = 0.8;
  private static final int SMALLEST = 2;
  private static final int SPAN = 20;
  private static final int FIRST = 20;
  private static final int ENOUGH = 10;
  private static final int ENOUGH_OF_A_TYPE = 3;
  private static final int EPOCH = 40;
  private static final int PROBE = 2;
  private static final long SHORTEST_WINDOW = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_WINDOW = Duration.ofSeconds(30).toNanos();

  private final int least;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<String, Known> types = new HashMap<>();
  private double limit;
  private boolean doubling = true;
  private int windows;
  private long windowBegan;
  private int ended;
  private int failed;
  private int highest;
  private double sumNanos;

  /** Read without the lock. */
  private volatile int now;

  /**
   * @param least it is never smaller
   * @param most nor larger
   */
  public AdaptiveLimit(int least, int most, long nowNanos) {
    this.least = Math.min(least, most);
    this.most = most;
    limit = Math.clamp(FIRST, this.least, most);
    now = (int) limit;
    windowBegan = nowNanos;
  }

  /** From a twentieth of the largest limit on, as little as tells something. */
  public static AdaptiveLimit upTo(int most) {
    return new AdaptiveLimit(Math.max(SMALLEST, most / SPAN), most, System.nanoTime());
  }

  /** How many at once, now. */
  public int now() {
    return now;
  }

  /** It is never larger. */
  public int most() {
    return most;
  }

  /**
   * An attempt has ended.
   *
   * @param running how many ran, this one included
   * @return whether the limit has changed
   */
  public boolean ended(String type, boolean inVain, long took, int running, long nowNanos) {
    lock.lock();
    try {
      ended++;
      failed += inVain ? 1 : 0;
      sumNanos += took;
      highest = Math.max(highest, running);
      if (!inVain) {
        // What fails may fail fast, and says nothing about the others.
        types.computeIfAbsent(type, missing -> new Known()).ended(took);
      }
      long window = Math.clamp((long) (2 * sumNanos / ended), SHORTEST_WINDOW, LONGEST_WINDOW);
      if (ended < ENOUGH || nowNanos - windowBegan < window) {
        return false;
      }
      int before = now;
      change();
      now = windows >= EPOCH - PROBE ? probing() : (int) limit;
      windowBegan = nowNanos;
      return now != before;
    } finally {
      lock.unlock();
    }
  }

  private int probing() {
    return Math.max(least, (int) limit / 2);
  }

  /** Ends a window. */
  private void change() {
    double slower = slower();
    // Those that end in a probe began before it, or say how long they take with little beside.
    boolean probed = windows >= EPOCH - PROBE;
    if (!probed && failed * 2 > ended) {
      limit = Math.max(least, limit * FEWER_AFTER_FAILURES);
      doubling = false;
    } else if (!probed && highest >= REACHED * now) {
      grow(slower);
    }
    windows++;
    if (windows >= EPOCH) {
      windows = 0;
      types.values().removeIf(Known::nextEpoch);
    }
    ended = 0;
    failed = 0;
    highest = 0;
    sumNanos = 0;
  }

  private void grow(double slower) {
    double gradient = Math.clamp(TOLERANCE / slower, STEEPEST, 1);
    if (gradient < 1) {
      doubling = false;
    }
    double wanted = doubling ? 2 * limit : gradient * limit + Math.max(1, Math.sqrt(limit) / 2);
    limit = Math.clamp(wanted, least, most);
  }

  /** How much longer attempts took than with little beside them; 1 if nothing is known. */
  private double slower() {
    double sum = 0;
    double count = 0;
    for (Known type : types.values()) {
      int of = type.count;
      if (of >= ENOUGH_OF_A_TYPE) {
        sum += of * type.aboveLowest();
        count += of;
      }
      type.count = 0;
      type.sumLog = 0;
    }
    return count == 0 ? 1 : Math.exp(sum / count);
  }

  /** How long a type takes, as logarithms. */
  private static final class Known {
    private int count;
    private double sumLog;
    private double lowest = Double.POSITIVE_INFINITY;
    private double lowestBefore = Double.POSITIVE_INFINITY;

    void ended(long took) {
      count++;
      sumLog += Math.log((double) Math.max(1, took));
    }

    double aboveLowest() {
      double mean = sumLog / count;
      lowest = Math.min(lowest, mean);
      return mean - Math.min(lowest, lowestBefore);
    }

    /** Whether it has not come since long. */
    boolean nextEpoch() {
      lowestBefore = lowest;
      lowest = Double.POSITIVE_INFINITY;
      return lowestBefore == Double.POSITIVE_INFINITY;
    }
  }
}
