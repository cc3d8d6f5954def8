package dev.warren.producer;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that runs what is given to it, in order; it exists only while there is work. */
final class OwnThread implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnThread.class);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final String name;
  private final ThreadPoolExecutor executor;

  OwnThread(String name) {
    this.name = name;
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name(name).daemon().factory());
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable work) {
    executor.execute(work);
  }

  /** Runs what was given before and ends, at the latest after a while. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
        LOG.warn("{} does not end: something blocks it", name);
      }
    } catch (InterruptedException interrupted) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
