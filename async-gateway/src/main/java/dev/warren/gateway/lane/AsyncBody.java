package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a handler on the attempt's own context, and makes an end of attempts whose handler does not:
 * the engine would wait for them for ever, and they would hold their places.
 */
final class AsyncBody<A, R extends @Nullable Object> implements Registration.Body<A, R> {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncBody.class);

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
    // After the handler's own actions, which were added while it ran.
    context.onCancel(() -> own.runOnContext(told -> giveUpUnless(future, context, answer, own)));
  }

  private void giveUpUnless(
      Future<Verdict<R>> future, TaskContext context, Registration.Answer<R> answer, Context own) {
    if (future.isComplete()) {
      return;
    }
    long timer =
        own.owner()
            .setTimer(
                AsyncTaskRegistry.STOP_LIMIT.toMillis(),
                fired -> {
                  LOG.warn(
                      "task {} ({}) has not ended within {} after it was told to stop, and is given"
                          + " up: its handler should react to onCancel",
                      context.id(),
                      type,
                      AsyncTaskRegistry.STOP_LIMIT);
                  answer.failed(
                      new TimeoutException(
                          "the attempt was told to stop and did not end within "
                              + AsyncTaskRegistry.STOP_LIMIT));
                });
    future.onComplete(any -> own.owner().cancelTimer(timer));
  }
}
