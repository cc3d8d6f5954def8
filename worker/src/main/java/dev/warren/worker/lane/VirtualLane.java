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
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs attempts on virtual threads, at most so many at once: for work that waits. What comes above
 * that waits in a queue, which is bounded by the prefetch, so that whoever hands attempts over is
 * never blocked.
 *
 * <p>A thread here is a <em>runner</em>: it takes one attempt after the other, so that tiny ones do
 * not cost a thread each. Before a runner begins one while others wait, it has the next runner
 * started, which does the same: an attempt that blocks keeps nobody waiting, as each of them has a
 * thread at once. At most one runner is on its way at a time, so that where all cores are busy with
 * attempts no threads are made for nothing.
 */
public final class VirtualLane implements LaneExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualLane.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /**
   * A runner that has had its core for so long ends and leaves the rest to the next one, which has
   * to queue for a core behind attempts that have waited for something meanwhile.
   */
  private static final long TURN_NANOS = Duration.ofMillis(1).toNanos();

  private final Places places;
  private final int most;
  private final Queue<Attempt> waiting = new ConcurrentLinkedQueue<>();

  /** A runner was started and has not looked at the queue yet. */
  private final AtomicBoolean onItsWay = new AtomicBoolean();

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
    startRunner();
  }

  @Override
  public void withdraw(Attempt attempt) {
    waiting.remove(attempt);
  }

  /**
   * Starts a runner if something waits, there is a place, and none is on its way. Looks again where
   * it found no place: whoever gave one back meanwhile may have left it to this one.
   */
  private void startRunner() {
    while (!closed
        && !waiting.isEmpty()
        && places.anyFree()
        && onItsWay.compareAndSet(false, true)) {
      if (places.tryTake()) {
        boolean started = false;
        try {
          start(virtual.newThread(new Runner()));
          started = true;
        } finally {
          if (!started) {
            places.giveBack();
            onItsWay.set(false);
          }
        }
        return;
      }
      onItsWay.set(false);
    }
  }

  /** A machine may refuse a thread; whoever asked hears it, and the next one may be started. */
  private void start(Thread thread) {
    threads.add(thread);
    try {
      thread.start();
    } catch (Throwable refused) {
      threads.remove(thread);
      throw refused;
    }
  }

  /** Runs one attempt after the other, in a place that was taken for it. */
  private final class Runner implements Runnable {
    private boolean placed = true;

    @Override
    public void run() {
      try {
        // Before the first look at the queue: what is added from now on has another one started.
        onItsWay.set(false);
        runWhatWaits();
      } finally {
        threads.remove(Thread.currentThread());
        if (placed) {
          places.giveBack();
        }
        startRunner();
      }
    }

    private void runWhatWaits() {
      long began = System.nanoTime();
      for (Attempt next = waiting.poll(); next != null; next = waiting.poll()) {
        if (next.wantsPlatformThread() && handOver(next)) {
          return;
        }
        startRunner();
        try {
          next.run();
        } finally {
          placed = !replaced.remove(next);
        }
        if (!placed || closed || places.tooManyTaken() || System.nanoTime() - began > TURN_NANOS) {
          return;
        }
      }
    }

    /** Gives the place to a platform thread for the attempt, if the machine has one to spare. */
    private boolean handOver(Attempt attempt) {
      try {
        start(measured.newThread(() -> runMeasured(attempt)));
        placed = false;
        return true;
      } catch (OutOfMemoryError noThread) {
        LOG.warn("no thread to measure task {} on; it runs unmeasured", attempt.task(), noThread);
        return false;
      }
    }
  }

  /** Runs one attempt in the place of the runner that it took it over from. */
  private void runMeasured(Attempt attempt) {
    try {
      attempt.run();
    } finally {
      threads.remove(Thread.currentThread());
      if (!replaced.remove(attempt)) {
        places.giveBack();
      }
      startRunner();
    }
  }

  @Override
  public void ended(Attempt attempt, boolean inVain, Duration ran) {
    if (places.ended(attempt.type(), inVain, ran.toNanos(), System.nanoTime())) {
      startRunner();
    }
  }

  @Override
  public void replace(Attempt stuck) {
    if (replaced.add(stuck)) {
      places.giveBack();
      startRunner();
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
