package dev.warren.gateway.lane;

import dev.warren.api.Lane;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.limit.AdaptiveLimit;
import dev.warren.engine.limit.Places;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs attempts on event loops: each begins on one loop, chosen in turn, and stays there, on a
 * context of its own, so that what one puts into its context no other sees. An attempt holds its
 * place until its verdict, not until its body returns, so thousands may be in flight on a few
 * threads. The Vert.x instance belongs to whoever made it.
 */
public final class EventLoopLane implements LaneExecutor {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  private final Places places;
  private final int most;
  private final Queue<Attempt> waiting = new ConcurrentLinkedQueue<>();
  private final List<ContextInternal> loops = new CopyOnWriteArrayList<>();
  private final Map<Context, Attempt> started = new ConcurrentHashMap<>();

  /** Calls of {@link #startWhatFits} that nobody has answered yet. */
  private final AtomicInteger calls = new AtomicInteger();

  // Touched only by whoever answers the calls.
  private int turn;
  private volatile boolean closed;

  /**
   * @param concurrency attempts in flight at most
   * @param loops event loops to spread over; no more than Vert.x has
   */
  public EventLoopLane(Vertx vertx, int concurrency, int loops) {
    this(vertx, Places.fixed(concurrency), concurrency, loops);
  }

  /**
   * @param limit attempts in flight at most
   * @param loops event loops to spread over; no more than Vert.x has
   */
  public EventLoopLane(Vertx vertx, AdaptiveLimit limit, int loops) {
    this(vertx, Places.following(limit), limit.most(), loops);
  }

  private EventLoopLane(Vertx vertx, Places places, int most, int loops) {
    this.places = places;
    this.most = most;
    try {
      vertx
          .deployVerticle(Loop::new, new DeploymentOptions().setInstances(loops))
          .await(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException stuck) {
      throw new IllegalStateException("the event loops did not start within " + START_LIMIT, stuck);
    }
  }

  @Override
  public Lane lane() {
    return Lane.ASYNC;
  }

  @Override
  public int concurrency() {
    return places.size();
  }

  @Override
  public int mostConcurrency() {
    return most;
  }

  @Override
  public int running() {
    return places.taken();
  }

  @Override
  public void execute(Attempt attempt) {
    waiting.add(attempt);
    startWhatFits();
  }

  @Override
  public void withdraw(Attempt attempt) {
    waiting.remove(attempt);
  }

  @Override
  public void ended(Attempt attempt, boolean inVain, Duration ran) {
    if (places.ended(attempt.type(), inVain, ran.toNanos(), System.nanoTime())) {
      startWhatFits();
    }
  }

  /** The attempt in flight that a context belongs to. */
  Optional<Attempt> attemptOn(Context context) {
    return Optional.ofNullable(started.get(context));
  }

  /**
   * Starts attempts as long as there are both attempts and places. Called after each attempt added
   * and each place given back; of several callers the first starts for all and looks again until
   * nobody has called meanwhile. So no call is lost, and none is nested in another: a place may
   * come back at once, from an attempt that was given back while it waited.
   */
  private void startWhatFits() {
    if (calls.getAndIncrement() > 0) {
      return;
    }
    int answered = 1;
    do {
      while (!closed && !waiting.isEmpty() && places.tryTake()) {
        Attempt next = waiting.poll();
        if (next == null) {
          places.giveBack();
        } else {
          start(next);
        }
      }
      answered = calls.addAndGet(-answered);
    } while (answered > 0);
  }

  private void start(Attempt attempt) {
    ContextInternal own = loops.get(turn).duplicate();
    turn = (turn + 1) % loops.size();
    own.runOnContext(nothing -> begin(attempt, own));
  }

  private void begin(Attempt attempt, ContextInternal own) {
    if (!attempt.admitted()) {
      // It comes again, and its place may be the one that the suspect needs.
      places.giveBack();
      startWhatFits();
      return;
    }
    started.put(own, attempt);
    attempt.whenOver(
        () -> {
          started.remove(own);
          places.giveBack();
          startWhatFits();
        });
    attempt.run();
  }

  /** Starts nothing more. What is in flight is told to stop by the engine, through its context. */
  @Override
  public void close() {
    closed = true;
    waiting.clear();
  }

  /** Holds the context of one event loop. */
  private final class Loop extends VerticleBase {
    @Override
    public Future<?> start() {
      loops.add((ContextInternal) context);
      return Future.succeededFuture();
    }
  }
}
