package dev.warren.worker.process;

import dev.warren.api.Json;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskType;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task type as a child names it: one that it runs, or one that it submits. What is null is as in
 * {@link TaskOptions#DEFAULT}.
 */
record OfferedType(
    String name,
    @Nullable String description,
    @Nullable String queue,
    @Nullable Integer maxAttempts,
    @Nullable Duration timeLimit,
    @Nullable Priority priority,
    @Nullable Duration expiry) {

  /** What a type says of itself, as far as it differs from the defaults. */
  static OfferedType of(TaskType<?, ?> type) {
    TaskOptions options = type.options();
    TaskOptions usual = TaskOptions.DEFAULT;
    return new OfferedType(
        type.name(),
        type.description().isEmpty() ? null : type.description(),
        options.queue().equals(usual.queue()) ? null : options.queue(),
        options.retry().maxAttempts() == usual.retry().maxAttempts()
            ? null
            : options.retry().maxAttempts(),
        options.timeLimit().equals(usual.timeLimit()) ? null : options.timeLimit(),
        options.priority() == usual.priority() ? null : options.priority(),
        options.expiry());
  }

  /** The type as a worker holds it that passes arguments and results on as they are. */
  static TaskType<Json, Json> passedOn(TaskType<?, ?> type) {
    return new TaskType<>(type.name(), Json.class, Json.class, type.options(), type.description());
  }

  /** The type, with arguments and results that are passed on as they are. */
  TaskType<Json, Json> type() {
    TaskOptions options = TaskOptions.DEFAULT;
    if (queue != null) {
      options = options.withQueue(queue);
    }
    if (maxAttempts != null) {
      options = options.withRetry(RetryPolicy.DEFAULT.withMaxAttempts(maxAttempts));
    }
    if (timeLimit != null) {
      options = options.withTimeLimit(timeLimit);
    }
    if (priority != null) {
      options = options.withPriority(priority);
    }
    if (expiry != null) {
      options = options.withExpiry(expiry);
    }
    return new TaskType<>(
        name, Json.class, Json.class, options, Optional.ofNullable(description).orElse(""));
  }
}
