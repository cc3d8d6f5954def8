package dev.warren.worker.lane;

import dev.warren.api.Lane;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.LaneExecutor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs attempts on a fixed pool of platform threads named {@code warren-threads-<n>}: for work that
 * keeps a core busy. What waits is bounded by the prefetch of the queues.
 */
public final class ThreadsLane implements LaneExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadsLane.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final int concurrency;
  private final ThreadPoolExecutor pool;
  private final Set<Runnable> replaced = ConcurrentHashMap.newKeySet();
  private final ReentrantLock sizing = new ReentrantLock();

  /**
   * @param threads how many attempts run at once
   */
  public ThreadsLane(int threads) {
    concurrency = threads;
    // Daemons: a handler that ignores its interrupt must not keep a stopped worker alive.
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("warren-threads-", 1).factory()) {
          @Override
          protected void afterExecute(Runnable ended, @Nullable Throwable error) {
            if (replaced.remove(ended)) {
              grow(-1);
            }
          }
        };
  }

  @Override
  public Lane lane() {
    return Lane.THREADS;
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  @Override
  public int running() {
    return Math.max(0, pool.getActiveCount() - replaced.size());
  }

  @Override
  public void execute(Attempt attempt) {
    pool.execute(attempt);
  }

  @Override
  public void withdraw(Attempt attempt) {
    pool.remove(attempt);
  }

  @Override
  public void replace(Attempt stuck) {
    if (replaced.add(stuck)) {
      grow(1);
    }
  }

  /** A pool never has fewer threads at most than at least, so the order matters. */
  private void grow(int by) {
    sizing.lock();
    try {
      int size = pool.getCorePoolSize() + by;
      if (by > 0) {
        pool.setMaximumPoolSize(size);
        pool.setCorePoolSize(size);
      } else {
        pool.setCorePoolSize(size);
        pool.setMaximumPoolSize(size);
      }
    } finally {
      sizing.unlock();
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
    try {
      if (!pool.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} tasks of lane threads ignore their interrupt", pool.getActiveCount());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
