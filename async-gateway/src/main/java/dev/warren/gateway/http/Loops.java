package dev.warren.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionStage;

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

  /** The stage's end, told on this event loop. */
  static <T> Future<T> back(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, here());
  }
}
