package dev.warren.gateway.tasks;

import dev.warren.api.TaskContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends what an attempt does with the outside early: when its own timeout is over, or when it is
 * told to stop. Used on the attempt's context only.
 */
final class Abort {
  private final Promise<Void> aborted = Promise.promise();
  private final Vertx vertx;
  private final long timer;
  private @Nullable Consumer<Throwable> closing;
  private @Nullable Throwable reason;
  private boolean over;

  Abort(Vertx vertx, TaskContext context, Duration timeout) {
    this.vertx = vertx;
    this.timer =
        vertx.setTimer(
            Math.max(1, timeout.toMillis()),
            fired -> abort(new UnreachableException("no complete answer within " + text(timeout))));
    context.onCancel(() -> abort(new CancellationException("the attempt was told to stop")));
  }

  private static String text(Duration timeout) {
    return timeout.toMillis() % 1_000 == 0
        ? timeout.toSeconds() + " s"
        : timeout.toMillis() + " ms";
  }

  /**
   * What closes the socket that is now in use; replaces what was said before. Runs at once if it is
   * too late.
   */
  void closing(Consumer<Throwable> action) {
    closing = action;
    if (reason != null) {
      action.accept(reason);
    }
  }

  /** Nothing is open any more. */
  void closed() {
    closing = null;
  }

  /** Fails as soon as there is an end to it, whatever becomes of the work. */
  <T> Future<T> guard(Future<T> work) {
    Promise<T> first = Promise.promise();
    work.onComplete(first::tryComplete, first::tryFail);
    aborted.future().onFailure(first::tryFail);
    return first.future();
  }

  /** The attempt is done: nothing will be aborted. */
  void over() {
    over = true;
    vertx.cancelTimer(timer);
    closing = null;
  }

  private void abort(Throwable why) {
    if (over || reason != null) {
      return;
    }
    reason = why;
    vertx.cancelTimer(timer);
    Consumer<Throwable> open = closing;
    // First, so that the reason is this one and not that the socket was closed.
    aborted.tryFail(why);
    if (open != null) {
      open.accept(why);
    }
  }
}
