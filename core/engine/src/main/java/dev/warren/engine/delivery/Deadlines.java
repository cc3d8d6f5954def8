package dev.warren.engine.delivery;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs short actions at given times, on one thread named {@code warren-deadlines}. */
final class Deadlines implements AutoCloseable {
  /** What lies further ahead never comes; nanoseconds would overflow after 292 years. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final ScheduledThreadPoolExecutor executor;

  /** A scheduled action. */
  @FunctionalInterface
  interface Entry {
    void cancel();
  }

  Deadlines() {
    executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("warren-deadlines").daemon().factory());
    // Most limits are never reached: what is cancelled must not stay for ten minutes.
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  Entry schedule(Duration delay, Runnable action) {
    try {
      Duration within = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
      Future<?> future = executor.schedule(action, within.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        throw new IllegalStateException("an action on warren-deadlines does not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
