package dev.warren.worker.lane;

import dev.warren.api.Lane;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.limit.AdaptiveLimit;
import dev.warren.engine.limit.Places;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each attempt on a virtual thread of its own, at most so many at once: for work that waits.
 * What comes above that waits in a queue, which is bounded by the prefetch, so that whoever hands
 * attempts over is never blocked.
 */
public final class VirtualLane implements LaneExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualLane.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Places places;
  private final int most;
  private final Queue<Attempt> waiting = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final Set<Attempt> replaced = ConcurrentHashMap.newKeySet();
  private final ThreadFactory virtual = Thread.ofVirtual().name("warren-virtual-", 1).factory();

  /** Few attempts, and in the same places. */
  private final ThreadFactory measured =
      Thread.ofPlatform().daemon().name("warren-measured-", 1).factory();

  private volatile boolean closed;

  /**
   * @param concurrency how many attempts run at once
   */
  public VirtualLane(int concurrency) {
    this.places = Places.fixed(concurrency);
    this.most = concurrency;
  }

  /**
   * @param limit how many attempts run at once
   */
  public VirtualLane(AdaptiveLimit limit) {
    this.places = Places.following(limit);
    this.most = limit.most();
  }

  @Override
  public Lane lane() {
    return Lane.VIRTUAL;
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

  /**
   * Starts waiting attempts while there are places. Looks at the queue again after each place it
   * gave back: whoever added meanwhile may have found none.
   */
  private void startWhatFits() {
    while (!closed && !waiting.isEmpty() && places.tryTake()) {
      Attempt next = waiting.poll();
      if (next == null) {
        places.giveBack();
      } else {
        Thread thread =
            (next.wantsPlatformThread() ? measured : virtual).newThread(() -> run(next));
        threads.add(thread);
        thread.start();
      }
    }
  }

  private void run(Attempt attempt) {
    try {
      attempt.run();
    } finally {
      threads.remove(Thread.currentThread());
      if (!replaced.remove(attempt)) {
        places.giveBack();
        startWhatFits();
      }
    }
  }

  @Override
  public void ended(Attempt attempt, boolean inVain, Duration ran) {
    if (places.ended(attempt.type(), inVain, ran.toNanos(), System.nanoTime())) {
      startWhatFits();
    }
  }

  @Override
  public void replace(Attempt stuck) {
    if (replaced.add(stuck)) {
      places.giveBack();
      startWhatFits();
    }
  }

  @Override
  public void close() {
    closed = true;
    waiting.clear();
    threads.forEach(Thread::interrupt);
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
          LOG.warn("{} tasks of lane virtual ignore their interrupt", threads.size());
          return;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
