package dev.warren.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

/**
 * The requests that are under way: how many of each kind there may be, and how they end when the
 * gateway stops. Safe for concurrent use.
 */
final class Traffic {
  static final ToDoubleFunction<Traffic> REQUESTS = Traffic::requests;

  /** What stays open longer than a request and its answer take. */
  enum Kind {
    WAIT("waiting requests"),
    STREAM("streams"),
    UPLOAD("uploads");

    private final String name;

    Kind(String name) {
      this.name = name;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Kind, Integer> most = new EnumMap<>(Kind.class);
  private final Map<Kind, AtomicInteger> open = new EnumMap<>(Kind.class);
  private final Set<Hold> holds = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  // Guarded by lock.
  private int requests;
  private volatile boolean stopping;

  Traffic(HttpLimits limits) {
    most.put(Kind.WAIT, limits.waits());
    most.put(Kind.STREAM, limits.streams());
    most.put(Kind.UPLOAD, limits.uploads());
    for (Kind kind : Kind.values()) {
      open.put(kind, new AtomicInteger());
    }
  }

  /** Counts a request until it has ended; once the gateway stops, tells it to go elsewhere. */
  void enter(RoutingContext exchange) {
    lock.lock();
    try {
      requests++;
    } finally {
      lock.unlock();
    }
    exchange.addEndHandler(ended -> left());
    if (stopping && Bodies.path(exchange.request()).startsWith("/v1/")) {
      exchange.response().putHeader("Connection", "close");
      HttpServerRequest request = exchange.request();
      exchange.addEndHandler(
          answered -> request.end().onComplete(read -> request.connection().close()));
      Answers.problem(exchange, Problems.stopping());
      return;
    }
    exchange.next();
  }

  /**
   * Takes a place for something that stays open, until the request has ended.
   *
   * @param whenStopping ends it, on the request's own event loop
   * @return gives the place back before the request has ended
   * @throws ProblemException if there are too many
   */
  Runnable hold(RoutingContext exchange, Kind kind, Context context, Runnable whenStopping) {
    AtomicInteger count = openOf(kind);
    int limit = most.getOrDefault(kind, 0);
    if (count.incrementAndGet() > limit) {
      count.decrementAndGet();
      throw Problems.tooMany(kind.name, limit).thrown();
    }
    Hold held = new Hold(context, whenStopping);
    holds.add(held);
    AtomicBoolean once = new AtomicBoolean();
    Runnable release =
        () -> {
          if (once.compareAndSet(false, true)) {
            holds.remove(held);
            count.decrementAndGet();
          }
        };
    exchange.addEndHandler(ended -> release.run());
    if (stopping) {
      held.end();
    }
    return release;
  }

  boolean stopping() {
    return stopping;
  }

  int open(Kind kind) {
    return openOf(kind).get();
  }

  int requests() {
    lock.lock();
    try {
      return requests;
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new requests from now on, and ends streams and waits. */
  void stop() {
    stopping = true;
    holds.forEach(Hold::end);
  }

  /** Waits until all requests have ended; false if the limit passes first. */
  boolean awaitIdle(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (requests > 0 && left > 0) {
        left = idle.awaitNanos(left);
      }
      return requests == 0;
    } finally {
      lock.unlock();
    }
  }

  private AtomicInteger openOf(Kind kind) {
    AtomicInteger count = open.get(kind);
    if (count == null) {
      throw new IllegalStateException("no count of " + kind);
    }
    return count;
  }

  private void left() {
    lock.lock();
    try {
      requests--;
      if (requests == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private record Hold(Context context, Runnable whenStopping) {
    void end() {
      context.runOnContext(nothing -> whenStopping.run());
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
