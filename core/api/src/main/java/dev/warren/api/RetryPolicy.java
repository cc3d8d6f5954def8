package dev.warren.api;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How often and after which waits a failing task is tried again: {@code initial × factor^(n-1)},
 * capped, with full jitter (a random wait between zero and that value), so that what failed
 * together does not come back together.
 *
 * @param maxAttempts attempts in all, the first included. Default is 10.
 * @param initial the wait before the second attempt. Default is 1 s.
 * @param factor the growth per attempt. Default is 2.
 * @param cap the longest wait. Default is 1 h.
 * @param jitter whether the wait is drawn between zero and its value. Default is true.
 */
public record RetryPolicy(
    int maxAttempts, Duration initial, double factor, Duration cap, boolean jitter) {
  // Before the constants: they are checked against it.
  private static final Duration LONGEST_CAP = Duration.ofDays(36_500);

  public static final RetryPolicy DEFAULT =
      new RetryPolicy(10, Duration.ofSeconds(1), 2.0, Duration.ofHours(1), true);

  /** One attempt and no retry. */
  public static final RetryPolicy NONE = DEFAULT.withMaxAttempts(1);

  public RetryPolicy {
    Objects.requireNonNull(initial, "initial");
    Objects.requireNonNull(cap, "cap");
    if (maxAttempts < 1) {
      throw new ConfigurationException("attempts must be at least 1, not " + maxAttempts);
    }
    if (initial.isNegative() || cap.isNegative() || cap.compareTo(initial) < 0) {
      throw new ConfigurationException(
          "back-off must not be negative and its cap not below its start: " + initial + ", " + cap);
    }
    if (cap.compareTo(LONGEST_CAP) > 0) {
      throw new ConfigurationException(
          "the cap of a back-off is at most " + LONGEST_CAP.toDays() + " days, not " + cap);
    }
    if (!(factor >= 1.0) || factor > 100.0) {
      throw new ConfigurationException("back-off factor must be from 1 to 100, not " + factor);
    }
  }

  /** The longest wait after a failed attempt (counted from 1), before jitter. */
  public Duration ceilingAfter(int attempt) {
    double millis = initial.toMillis() * Math.pow(factor, Math.max(0, attempt - 1));
    return millis >= cap.toMillis() ? cap : Duration.ofMillis((long) millis);
  }

  /** The wait after a failed attempt (counted from 1). */
  public Duration waitAfter(int attempt, RandomGenerator random) {
    Duration ceiling = ceilingAfter(attempt);
    return jitter ? Duration.ofMillis(random.nextLong(ceiling.toMillis() + 1)) : ceiling;
  }

  public RetryPolicy withMaxAttempts(int attempts) {
    return new RetryPolicy(attempts, initial, factor, cap, jitter);
  }

  public RetryPolicy withBackOff(Duration newInitial, double newFactor, Duration newCap) {
    return new RetryPolicy(maxAttempts, newInitial, newFactor, newCap, jitter);
  }

  public RetryPolicy withJitter(boolean drawn) {
    return new RetryPolicy(maxAttempts, initial, factor, cap, drawn);
  }
}
