package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The body of a non-blocking task: starts its I/O and returns a future of the result. Called on an
 * event loop, on a Vert.x context of this attempt alone, and must never block it; what it starts
 * through {@link AsyncTaskRegistry#vertx} calls back on the same context. A failed future is a
 * failed attempt and is retried; fail it with {@link dev.warren.api.RejectedTask} for what can
 * never succeed.
 *
 * <p>Nothing interrupts it: react to {@link TaskContext#onCancel}, which calls back on the same
 * context, by closing what is open. An attempt that does not end within the stop grace (30 s by
 * default) after it was told to stop is given up, and what its future says later does not count.
 */
@FunctionalInterface
public interface AsyncTaskHandler<A, R extends @Nullable Object> {
  Future<R> handle(A arguments, TaskContext context);
}
