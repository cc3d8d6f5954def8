package dev.warren.engine.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The waits between attempts to come back: doubling, capped, with full jitter, so that a fleet that
 * lost its broker does not return as one. Not safe for concurrent use: each supervision loop has
 * its own.
 */
public final class BackOff {
  public static final Duration DEFAULT_INITIAL = Duration.ofMillis(100);

  /** Short enough that a fleet is back within ten seconds, a second failure included. */
  public static final Duration DEFAULT_CAP = Duration.ofSeconds(3);

  private final long initialMillis;
  private final long capMillis;
  private final Supplier<? extends RandomGenerator> random;
  private long ceilingMillis;

  /** From 100 ms to 3 s. */
  public BackOff() {
    // Cheap to make: what may have to wait is often made, and seldom waits.
    this(DEFAULT_INITIAL, DEFAULT_CAP, ThreadLocalRandom::current);
  }

  public BackOff(Duration initial, Duration cap, RandomGenerator random) {
    this(initial, cap, () -> random);
  }

  private BackOff(Duration initial, Duration cap, Supplier<? extends RandomGenerator> random) {
    if (!initial.isPositive() || cap.compareTo(initial) < 0) {
      throw new IllegalArgumentException("back-off from " + initial + " to " + cap);
    }
    this.initialMillis = Math.max(1, initial.toMillis());
    this.capMillis = Math.max(initialMillis, cap.toMillis());
    this.random = random;
    this.ceilingMillis = initialMillis;
  }

  /** The next wait: between zero and a ceiling that doubles with each call. */
  public Duration next() {
    long wait = random.get().nextLong(ceilingMillis + 1);
    ceilingMillis = Math.min(capMillis, ceilingMillis * 2);
    return Duration.ofMillis(wait);
  }

  /** Starts again from the initial wait: call it when what was tried has worked. */
  public void reset() {
    ceilingMillis = initialMillis;
  }
}
