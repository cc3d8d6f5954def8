package dev.warren.api;

/**
 * The body of a task that answers a {@link Verdict}, for handlers that retry after a given time,
 * snooze or reject. Runs on a thread of its lane and may block there. A thrown exception is a
 * failed attempt.
 */
@FunctionalInterface
public interface TaskHandler<A, R> {
  Verdict<R> handle(A arguments, TaskContext context) throws Exception;
}
