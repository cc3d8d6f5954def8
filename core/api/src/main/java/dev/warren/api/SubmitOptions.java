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
 */
public record SubmitOptions(
    @Nullable TaskId id,
    @Nullable String queue,
    @Nullable Priority priority,
    @Nullable RetryPolicy retry,
    @Nullable Duration timeLimit,
    @Nullable Instant notBefore,
    @Nullable Instant expiresAt) {
  public static final SubmitOptions DEFAULT =
      new SubmitOptions(null, null, null, null, null, null, null);

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
    return new SubmitOptions(value, queue, priority, retry, timeLimit, notBefore, expiresAt);
  }

  public SubmitOptions withQueue(String value) {
    return new SubmitOptions(id, value, priority, retry, timeLimit, notBefore, expiresAt);
  }

  public SubmitOptions withPriority(Priority value) {
    return new SubmitOptions(id, queue, value, retry, timeLimit, notBefore, expiresAt);
  }

  public SubmitOptions withRetry(RetryPolicy value) {
    return new SubmitOptions(id, queue, priority, value, timeLimit, notBefore, expiresAt);
  }

  public SubmitOptions withTimeLimit(Duration value) {
    return new SubmitOptions(id, queue, priority, retry, value, notBefore, expiresAt);
  }

  public SubmitOptions withNotBefore(Instant value) {
    return new SubmitOptions(id, queue, priority, retry, timeLimit, value, expiresAt);
  }

  public SubmitOptions withExpiresAt(Instant value) {
    return new SubmitOptions(id, queue, priority, retry, timeLimit, notBefore, value);
  }
}
