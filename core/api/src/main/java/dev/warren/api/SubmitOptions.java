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
 * @param retry another retry policy
 * @param timeLimit another time limit
 * @param notBefore run no earlier than this
 * @param expiresAt do not start after this
 * @param unannounced take it also if it is to run later and nobody has announced its type yet
 */
public record SubmitOptions(
    @Nullable TaskId id,
    @Nullable String queue,
    @Nullable Priority priority,
    @Nullable RetryPolicy retry,
    @Nullable Duration timeLimit,
    @Nullable Instant notBefore,
    @Nullable Instant expiresAt,
    boolean unannounced) {
  public static final SubmitOptions DEFAULT =
      new SubmitOptions(null, null, null, null, null, null, null, false);

  public SubmitOptions {
    if (queue != null) {
      Names.requireQueue(queue);
    }
    if (timeLimit != null && !timeLimit.isPositive()) {
      throw new ConfigurationException("a time limit must be positive, not " + timeLimit);
    }
  }

  public Optional<TaskId> chosenId() {
    return Optional.ofNullable(id);
  }

  public SubmitOptions withId(TaskId value) {
    return new SubmitOptions(
        value, queue, priority, retry, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withQueue(String value) {
    return new SubmitOptions(
        id, value, priority, retry, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withPriority(Priority value) {
    return new SubmitOptions(id, queue, value, retry, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withRetry(RetryPolicy value) {
    return new SubmitOptions(
        id, queue, priority, value, timeLimit, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withTimeLimit(Duration value) {
    return new SubmitOptions(id, queue, priority, retry, value, notBefore, expiresAt, unannounced);
  }

  public SubmitOptions withNotBefore(Instant value) {
    return new SubmitOptions(id, queue, priority, retry, timeLimit, value, expiresAt, unannounced);
  }

  public SubmitOptions withExpiresAt(Instant value) {
    return new SubmitOptions(id, queue, priority, retry, timeLimit, notBefore, value, unannounced);
  }

  /**
   * A task that is to run later is on its way for long before it turns out that no queue takes its
   * type, and nobody is there any more to be told. So where the fleet's registry can be read, such
   * a submission is refused unless a worker has announced the type. This says to take it all the
   * same: its workers will be there when it is due.
   */
  public SubmitOptions withUnannounced() {
    return new SubmitOptions(id, queue, priority, retry, timeLimit, notBefore, expiresAt, true);
  }
}
