package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The body of a non-blocking task: starts its I/O and returns a future of the result. Called on an
 * event loop, and must never block it; what it starts through {@link AsyncTasks#vertx} calls back
 * on the same loop. A failed future is a failed attempt and is retried; fail it with {@link
 * dev.warren.api.RejectedTask} for what can never succeed. Nothing interrupts it: react to {@link
 * TaskContext#onCancel} by closing what is open.
 */
@FunctionalInterface
public interface AsyncTaskHandler<A, R extends @Nullable Object> {
  Future<R> handle(A arguments, TaskContext context);
}
