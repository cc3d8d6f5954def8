package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import dev.warren.api.Verdict;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The body of a non-blocking task that says itself what follows from its attempt: to be tried again
 * after a certain time, put off, or refused for good. Otherwise as {@link AsyncTaskHandler}; a
 * failed future is a failed attempt here too.
 */
@FunctionalInterface
public interface AsyncVerdictHandler<A, R extends @Nullable Object> {
  Future<Verdict<R>> handle(A arguments, TaskContext context);
}
