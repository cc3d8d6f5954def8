package dev.warren.engine.advice;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is known of the attempts of one type in this process: of all how long they took and how they
 * ended; of a sample, the first ones and then few, what they used. Safe for concurrent use; what is
 * called for every attempt takes less than a microsecond.
 */
public final class TypeMeasure {
  /** So many are measured before any is passed over. */
  static final int FIRST = 20;

  /** After the first ones, about one of so many is measured. */
  private static final int ONE_OF = 16;

  /** And none sooner than this after the one before. */
  private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();

  /** So many are measured at once, as each needs a platform thread of its own. */
  private static final int MOST_AT_ONCE = 8;

  private final DurationBuckets durations = new DurationBuckets();
  private final RecentLoad load = new RecentLoad(System.nanoTime());
  private final LongAdder failed = new LongAdder();
  private final LongAdder stuck = new LongAdder();
  private final LongAdder crashed = new LongAdder();
  private final AtomicInteger measuring = new AtomicInteger();
  private final AtomicLong lastMeasured = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final UsageAverage usage = new UsageAverage();

  private volatile boolean refused;

  /** How many were measured, for who must not wait for the lock. */
  private volatile long measured;

  /** An attempt begins. */
  public void began() {
    load.began();
  }

  /**
   * An attempt that began has ended or was given up.
   *
   * @param failure whether it was an attempt in vain
   */
  public void ended(Duration ran, boolean failure) {
    durations.add(ran);
    load.ended(ran.toNanos(), System.nanoTime());
    if (failure) {
      failed.increment();
    }
  }

  /** An attempt was told to stop, and still holds its thread after its grace. */
  public void stuck() {
    stuck.increment();
  }

  /** A worker ended without a word while it ran a task of this type with nothing beside it. */
  public void crashed() {
    crashed.increment();
  }

  /**
   * Whether the attempt that is about to begin should be measured. Each that should is followed by
   * {@link #measured} or {@link #notMeasured}.
   */
  public boolean wanted() {
    if (refused) {
      return false;
    }
    if (measured >= FIRST && ThreadLocalRandom.current().nextInt(ONE_OF) != 0) {
      return false;
    }
    long now = System.nanoTime();
    long last = lastMeasured.get();
    if (measured >= FIRST && now - last < PAUSE_NANOS) {
      return false;
    }
    // Beside the very first others only wait for the classes that it loads.
    if (measuring.incrementAndGet() > (measured == 0 ? 1 : MOST_AT_ONCE)) {
      measuring.decrementAndGet();
      return false;
    }
    lastMeasured.set(now);
    return true;
  }

  /** No more attempts should be measured: one did not stop because it was. */
  public void refuse() {
    refused = true;
  }

  /** It used so much. */
  public void measured(Usage used) {
    measuring.decrementAndGet();
    lock.lock();
    try {
      usage.add(used);
      measured = usage.measured();
    } finally {
      lock.unlock();
    }
  }

  /** It did not begin, or what it used is not known. */
  public void notMeasured() {
    measuring.decrementAndGet();
  }

  /** What is known now. */
  public Evidence evidence() {
    double busy = load.most(System.nanoTime());
    lock.lock();
    try {
      return new Evidence(
          DurationCounts.of(durations),
          new Evidence.Endings(failed.sum(), stuck.sum(), crashed.sum()),
          busy,
          usage.measured(),
          usage.cpuShare(),
          usage.allocated(),
          usage.resident());
    } finally {
      lock.unlock();
    }
  }
}
