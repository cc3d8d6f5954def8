package dev.warren.api;

import org.jspecify.annotations.Nullable;

/**
 * The body of a task: arguments in, result out. Runs on a thread of its lane and may block there. A
 * thrown exception is a failed attempt and is retried; throw {@link RejectedTask} for what can
 * never succeed. An interrupt means that the attempt was cancelled or ran out of time.
 */
@FunctionalInterface
public interface TaskFunction<A, R extends @Nullable Object> {
  R apply(A arguments, TaskContext context) throws Exception;
}
