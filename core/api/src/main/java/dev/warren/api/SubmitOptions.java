package dev.warren.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one submission says differently from its type. Everything is optional.
 *
 * @param id the id to use, so that a repeated submission names the same task
 * @param queue another queue than the type's
 * @param priority another priority
 * @param maxAttempts another number of attempts in all
 * @param backOff other waits between attempts: those of this policy, whose attempts do not count
 * @param timeLimit another time limit
 * @param notBefore run no earlier than this
 * @param expiresAt do not start after this
 * @param unannounced take it also if it is to run later and nobody has announced its type yet
 */
public record SubmitOptions(
    @Nullable TaskId id,
    @Nullable String queue,
    @Nullable Priority priority,
    @Nullable Integer maxAttempts,
    @Nullable RetryPolicy backOff,
    @Nullable Duration timeLimit,
    @Nullable Instant notBefore,
    @Nullable Instant expiresAt,
    boolean unannounced) {
  public static final SubmitOptions DEFAULT =
      new SubmitOptions(null, null, null, null, null, null, null, null, false);

  public SubmitOptions {
    if (queue != null) {
      Names.requireQueue(queue);
    }
    if (timeLimit != null && !timeLimit.isPositive()) {
      throw new ConfigurationException("a time limit must be positive, not " + timeLimit);
    }
    if (maxAttempts != null && maxAttempts < 1) {
      throw new ConfigurationException("attempts must be at least 1, not " + maxAttempts);
    }
  }

  public Optional<TaskId> chosenId() {
    return Optional.ofNullable(id);
  }

  public SubmitOptions withId(TaskId value) {
    return new SubmitOptions(
        value, queue, priority, maxAttempts, backOff, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withQueue(String value) {
    return new SubmitOptions(
        id, value, priority, maxAttempts, backOff, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withPriority(Priority value) {
    return new SubmitOptions(
        id, queue, value, maxAttempts, backOff, timeLimit, notBefore, expiresAt, unannounced);
  }

  /** Another policy in all of its parts. */
  public SubmitOptions withRetry(RetryPolicy value) {
    return withMaxAttempts(value.maxAttempts()).withBackOff(value);
  }

  /** Another number of attempts; the waits between them stay those of the type. */
  public SubmitOptions withMaxAttempts(int attempts) {
    return new SubmitOptions(
        id, queue, priority, attempts, backOff, timeLimit, notBefore, expiresAt, unannounced);
  }

  /** The waits of a policy between the attempts; how many there are stays with the type. */
  public SubmitOptions withBackOff(RetryPolicy policy) {
    return new SubmitOptions(
        id, queue, priority, maxAttempts, policy, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withTimeLimit(Duration value) {
    return new SubmitOptions(
        id, queue, priority, maxAttempts, backOff, value, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withNotBefore(Instant value) {
    return new SubmitOptions(
        id, queue, priority, maxAttempts, backOff, timeLimit, value, expiresAt, unannounced);
  }

  public SubmitOptions withExpiresAt(Instant value) {
    return new SubmitOptions(
        id, queue, priority, maxAttempts, backOff, timeLimit, notBefore, value, unannounced);
  }

  /**
   * A task that is to run later is on its way for long before it turns out that no queue takes its
   * type, and nobody is there any more to be told. So where the fleet's registry can be read, such
   * a submission is refused unless a worker has announced the type. This says to take it all the
   * same: its workers will be there when it is due.
   */
  public SubmitOptions withUnannounced() {
    return new SubmitOptions(
        id, queue, priority, maxAttempts, backOff, timeLimit, notBefore, expiresAt, true);
  }
}
