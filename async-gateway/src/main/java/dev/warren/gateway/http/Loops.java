package dev.warren.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** From other threads back to an event loop. */
final class Loops {
  private Loops() {}

  /** The context of the request that is being handled. */
  static Context here() {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("not on an event loop: " + Thread.currentThread().getName());
    }
    return context;
  }

  /** The stage's end, told on the event loop of a request. */
  static <T> Future<T> back(Context context, CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, context);
  }

  /** Goes on with a request; whatever fails, it gets an answer. */
  static <T> void then(RoutingContext exchange, Future<T> future, Consumer<T> next) {
    future.onComplete(
        ended -> {
          if (ended.failed()) {
            exchange.fail(ended.cause());
            return;
          }
          try {
            next.accept(ended.result());
          } catch (RuntimeException failure) {
            exchange.fail(failure);
          }
        });
  }
}
