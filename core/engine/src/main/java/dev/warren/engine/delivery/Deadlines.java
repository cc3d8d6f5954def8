package dev.warren.engine.delivery;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs short actions at given times, on one thread named {@code warren-deadlines}. */
final class Deadlines implements AutoCloseable {
  /** Limits that differ more are scheduled one by one. */
  private static final int MOST_LINES = 100;

  /** What lies further ahead never comes; nanoseconds would overflow after 292 years. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final ScheduledThreadPoolExecutor executor;
  private final Map<Duration, LimitLine> lines = new ConcurrentHashMap<>();

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

  /**
   * As {@link #schedule}, for limits: the same few durations again and again, and as a rule what is
   * limited ends before. Then neither this nor its cancellation costs more than a place in a line.
   */
  Entry limit(Duration delay, Runnable action) {
    LimitLine line = lines.get(delay);
    if (line == null) {
      if (lines.size() >= MOST_LINES || delay.compareTo(LONGEST) > 0) {
        return schedule(delay, action);
      }
      line = lines.computeIfAbsent(delay, missing -> new LimitLine(missing, this::schedule));
    }
    return line.add(action);
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
