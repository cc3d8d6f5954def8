package dev.warren.gateway.lane;

import dev.warren.api.Lane;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.LaneExecutor;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs attempts on event loops: each begins on one loop, chosen in turn, and stays there. An
 * attempt holds its place until its verdict, not until its body returns, so thousands may be in
 * flight on a few threads. The Vert.x instance belongs to whoever made it.
 */
public final class EventLoopLane implements LaneExecutor {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  private final int concurrency;
  private final Semaphore places;
  private final Queue<Attempt> waiting = new ConcurrentLinkedQueue<>();
  private final List<Context> loops = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param concurrency attempts in flight at most
   * @param loops event loops to spread over; no more than Vert.x has
   */
  public EventLoopLane(Vertx vertx, int concurrency, int loops) {
    this.concurrency = concurrency;
    this.places = new Semaphore(concurrency);
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
    return concurrency;
  }

  @Override
  public int running() {
    return concurrency - places.availablePermits();
  }

  @Override
  public void execute(Attempt attempt) {
    waiting.add(attempt);
    startWhatFits();
  }

  /** Looks again after each place given back: whoever added meanwhile may have found none. */
  private void startWhatFits() {
    while (!closed && !waiting.isEmpty() && places.tryAcquire()) {
      Attempt next = waiting.poll();
      if (next == null) {
        places.release();
      } else {
        next.whenOver(
            () -> {
              places.release();
              startWhatFits();
            });
        Context loop = loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
        loop.runOnContext(nothing -> next.run());
      }
    }
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
      loops.add(context);
      return Future.succeededFuture();
    }
  }
}
