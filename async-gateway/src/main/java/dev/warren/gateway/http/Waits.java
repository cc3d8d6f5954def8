package dev.warren.gateway.http;

import dev.warren.gateway.aggregate.Results.Subscription;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets requests wait until something recorded is as they want it, without holding a thread. */
final class Waits {
  private final Traffic traffic;

  Waits(Traffic traffic) {
    this.traffic = traffic;
  }

  /**
   * Something recorded.
   *
   * @param watch calls back after each change
   * @param enough whether the wait is over
   */
  record Watched<T>(
      Supplier<CompletionStage<Optional<T>>> read,
      Function<Runnable, Subscription> watch,
      Predicate<T> enough) {}

  /**
   * Reads until it is enough, at most until the limit passes or the gateway stops; then answers
   * what there is. Never completes if the caller goes away. Call on the request's event loop.
   */
  <T> Future<Optional<T>> until(RoutingContext exchange, Watched<T> what, Duration limit) {
    if (!limit.isPositive()) {
      return Loops.back(Loops.here(), what.read().get());
    }
    Wait<T> wait = new Wait<>(exchange.vertx(), what);
    Runnable _ = traffic.hold(exchange, Traffic.Kind.WAIT, wait.context, wait::expire);
    exchange.addEndHandler(ended -> wait.cleanUp());
    wait.begin(limit);
    return wait.promise.future();
  }

  /** One wait; everything on its context. */
  private static final class Wait<T> {
    private final Promise<Optional<T>> promise = Promise.promise();
    private final Context context = Loops.here();
    private final AtomicBoolean told = new AtomicBoolean();
    private final Vertx vertx;
    private final Watched<T> what;
    private @Nullable Subscription subscription;
    private long timer = -1;
    private boolean reading;
    private boolean changed;
    private boolean expired;
    private boolean over;

    Wait(Vertx vertx, Watched<T> what) {
      this.vertx = vertx;
      this.what = what;
    }

    /** Watches first and reads then: what changes in between is not missed. */
    void begin(Duration limit) {
      subscription = what.watch().apply(this::tell);
      timer = vertx.setTimer(Math.max(1, limit.toMillis()), fired -> expire());
      read();
    }

    /** Called by the store; many changes in a row make one look. */
    private void tell() {
      if (told.compareAndSet(false, true)) {
        context.runOnContext(
            nothing -> {
              told.set(false);
              read();
            });
      }
    }

    private void expire() {
      expired = true;
      read();
    }

    private void read() {
      if (over) {
        return;
      }
      if (reading) {
        changed = true;
        return;
      }
      reading = true;
      changed = false;
      Future.fromCompletionStage(what.read().get(), context)
          .onComplete(
              found -> {
                reading = false;
                looked(found);
              });
    }

    private void looked(io.vertx.core.AsyncResult<Optional<T>> found) {
      if (over) {
        return;
      }
      if (found.failed()) {
        cleanUp();
        promise.fail(found.cause());
      } else if (found.result().filter(what.enough()).isPresent() || (expired && !changed)) {
        cleanUp();
        promise.complete(found.result());
      } else if (changed) {
        read();
      }
    }

    void cleanUp() {
      over = true;
      vertx.cancelTimer(timer);
      if (subscription != null) {
        subscription.close();
        subscription = null;
      }
    }
  }
}
