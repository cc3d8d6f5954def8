package dev.warren.gateway.http;

import dev.warren.gateway.aggregate.Results.Subscription;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams what is recorded to one reader, as fast as it reads: the next page is read from the store
 * when the one before is on its way, so nothing piles up here however far the reader is behind. A
 * reader that takes nothing for too long is cut off. Everything runs on the request's event loop.
 */
final class Pump {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);
  private static final Buffer HEARTBEAT = Buffer.buffer(": still here\n\n");

  private final RoutingContext exchange;
  private final HttpServerResponse response;
  private final Source source;
  private final HttpLimits limits;
  private final Context context = Loops.here();
  private final Vertx vertx;
  private final AtomicBoolean told = new AtomicBoolean();
  private @Nullable Subscription subscription;
  private Runnable release = () -> {};
  private long heartbeat = -1;
  private long stuck = -1;
  private long delay = -1;
  private boolean reading;
  private boolean changed;
  private boolean silent = true;
  private boolean last;
  private boolean over;

  /** Where the next page comes from. */
  @FunctionalInterface
  interface Source {
    Future<Page> next();
  }

  /** What follows a page. */
  enum Then {
    /** There is more to be read at once. */
    MORE,
    /** Nothing until something is recorded. */
    WAIT,
    /** Nothing more. */
    END
  }

  /**
   * Some of a stream.
   *
   * @param lookAgain if nothing is recorded before, read again after this; zero for never
   */
  record Page(Buffer bytes, Then then, Duration lookAgain) {
    static Page of(Buffer bytes, Then then) {
      return new Page(bytes, then, Duration.ZERO);
    }
  }

  private Pump(RoutingContext exchange, Source source, HttpLimits limits) {
    this.exchange = exchange;
    this.response = exchange.response();
    this.source = source;
    this.limits = limits;
    this.vertx = exchange.vertx();
  }

  /**
   * Begins to answer.
   *
   * @param watch calls back after each change
   * @throws ProblemException if there are too many streams
   */
  static void start(
      RoutingContext exchange,
      Traffic traffic,
      HttpLimits limits,
      Function<Runnable, Subscription> watch,
      Source source) {
    Pump pump = new Pump(exchange, source, limits);
    pump.release = traffic.hold(exchange, Traffic.Kind.STREAM, pump.context, pump::finish);
    exchange.addEndHandler(ended -> pump.cleanUp());
    pump.begin(watch);
  }

  private void begin(Function<Runnable, Subscription> watch) {
    response.setChunked(true).putHeader("Cache-Control", "no-store");
    // For proxies that would rather collect the whole answer first.
    response.putHeader("X-Accel-Buffering", "no");
    response.writeHead();
    if (Answers.EVENTS.equals(response.headers().get("Content-Type"))) {
      heartbeat = vertx.setPeriodic(limits.heartbeat().toMillis(), fired -> beat());
    }
    subscription = watch.apply(this::tell);
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

  private void read() {
    if (over || stuck >= 0) {
      return;
    }
    if (reading) {
      changed = true;
      return;
    }
    if (response.writeQueueFull()) {
      awaitRoom();
      return;
    }
    reading = true;
    changed = false;
    source.next().onComplete(this::arrived);
  }

  private void arrived(AsyncResult<Page> page) {
    reading = false;
    if (over) {
      return;
    }
    if (page.failed()) {
      LOG.warn("a stream to a caller ends: {}", page.cause().getMessage());
      cleanUp();
      response.reset();
      return;
    }
    if (page.result().bytes().length() > 0) {
      silent = false;
      response.write(page.result().bytes());
    }
    if (last || page.result().then() == Then.END) {
      finishNow();
    } else if (page.result().then() == Then.MORE || changed) {
      read();
    } else if (page.result().lookAgain().isPositive()) {
      vertx.cancelTimer(delay);
      delay = vertx.setTimer(page.result().lookAgain().toMillis(), fired -> read());
    }
  }

  private void awaitRoom() {
    stuck =
        vertx.setTimer(
            limits.slowReader().toMillis(),
            fired -> {
              LOG.info(
                  "a reader of {} took nothing for {} s and is cut off",
                  Bodies.path(exchange.request()),
                  limits.slowReader().toSeconds());
              cleanUp();
              // The connection itself may take until its idle time to be gone.
              release.run();
              response.reset();
            });
    response.drainHandler(
        drained -> {
          vertx.cancelTimer(stuck);
          stuck = -1;
          read();
        });
  }

  private void beat() {
    if (silent && !response.writeQueueFull()) {
      response.write(HEARTBEAT);
    }
    silent = true;
  }

  /** Ends with what is recorded by now; nothing is cut in the middle. */
  private void finish() {
    last = true;
    if (!reading) {
      finishNow();
    }
  }

  private void finishNow() {
    if (!over) {
      cleanUp();
      response.end();
    }
  }

  private void cleanUp() {
    over = true;
    vertx.cancelTimer(heartbeat);
    vertx.cancelTimer(stuck);
    vertx.cancelTimer(delay);
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }
}
