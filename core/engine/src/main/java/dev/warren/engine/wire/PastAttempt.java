package dev.warren.engine.wire;

import dev.warren.api.Failure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that failed, as its task's {@link Story} tells it. Times are kept to the millisecond.
 *
 * @param attempt its number, from 1
 * @param startedAt when it started; null if it never did, or nobody knows
 * @param endedAt when it had failed
 * @param worker the process that says so; {@link #BROKER} for what the broker gave up
 */
public record PastAttempt(
    int attempt, @Nullable Instant startedAt, Instant endedAt, String worker, Failure failure) {
  /** Stands for the worker where the broker gave the task up. */
  public static final String BROKER = "broker";

  public PastAttempt {
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(failure, "failure");
    startedAt = startedAt == null ? null : startedAt.truncatedTo(ChronoUnit.MILLIS);
    endedAt = endedAt.truncatedTo(ChronoUnit.MILLIS);
  }
}
