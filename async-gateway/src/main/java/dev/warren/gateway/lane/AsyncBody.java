package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs a handler on the attempt's own context. */
final class AsyncBody<A, R extends @Nullable Object> implements Registration.Body<A, R> {
  private final String type;
  private final AsyncVerdictHandler<A, R> handler;

  AsyncBody(String type, AsyncVerdictHandler<A, R> handler) {
    this.type = type;
    this.handler = handler;
  }

  @Override
  // A user's handler may return null whatever its signature says.
  @SuppressWarnings({"NullAway", "ConstantConditions"})
  public void run(A arguments, TaskContext context, Registration.Answer<R> answer) {
    Context own = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
    Future<Verdict<R>> future = handler.handle(arguments, new OwnContext(context, own));
    if (future == null) {
      throw new IllegalStateException("the handler of '" + type + "' returned null, not a future");
    }
    future.onComplete(
        verdict -> {
          if (verdict == null) {
            answer.failed(
                new IllegalStateException("the handler of '" + type + "' answered no verdict"));
          } else {
            answer.accept(verdict);
          }
        },
        answer::failed);
  }
}
