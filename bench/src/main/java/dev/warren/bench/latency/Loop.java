package dev.warren.bench.latency;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Loads of one client, on the calling thread. */
final class Loop {
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int DIGITS = 3;

  private final Submitting submitting;

  Loop(Submitting submitting) {
    this.submitting = submitting;
  }

  /**
   * An open loop: task {@code i} is meant for {@code start + i / rate}, goes when that has come
   * whatever became of earlier ones, and its latency counts from there, also when it could only go
   * later. So a stall shows in all tasks that it held up (no coordinated omission).
   *
   * @param settling tasks meant for the first of it are not counted
   */
  Measured open(int perSecond, Duration settling, Duration time) throws IOException {
    long first = settling.toMillis() * perSecond / 1_000;
    long all = first + time.toMillis() * perSecond / 1_000;
    double interval = 1e9 / perSecond;
    Histogram histogram = new ConcurrentHistogram(LONGEST.toNanos(), DIGITS);
    LongAdder failed = new LongAdder();
    AtomicLong ended = new AtomicLong();
    long start = System.nanoTime();
    for (long i = 0; i < all; i++) {
      long intended = start + Math.round(i * interval);
      awaitTime(intended);
      boolean counts = i >= first;
      submitting.submit(
          well -> {
            if (!well) {
              failed.increment();
            } else if (counts) {
              histogram.recordValue(Math.clamp(System.nanoTime() - intended, 0, LONGEST.toNanos()));
            }
            ended.incrementAndGet();
          });
    }
    submitting.aboutToWait();
    long missing = awaitEnds(ended, all);
    return new Measured(all - missing, failed.sum(), missing, seconds(start), histogram);
  }

  /** A closed loop: a task goes when an earlier one has ended. */
  Measured closed(int window, Duration time) throws IOException {
    LongAdder failed = new LongAdder();
    AtomicLong ended = new AtomicLong();
    AtomicLong lastEnd = new AtomicLong();
    Thread submitter = Thread.currentThread();
    // An eighth at a time: to be woken for each costs more than a task.
    int group = Math.max(1, window / 8);
    long start = System.nanoTime();
    long end = start + time.toNanos();
    long submitted = 0;
    while (System.nanoTime() - end < 0) {
      long room = window - (submitted - ended.get());
      if (room < group) {
        submitting.aboutToWait();
        LockSupport.parkNanos(POLL);
        continue;
      }
      for (long i = 0; i < room; i++) {
        long unpark = submitted + 1 + group - window;
        submitting.submit(
            well -> {
              if (!well) {
                failed.increment();
              }
              lastEnd.accumulateAndGet(System.nanoTime(), Math::max);
              if (ended.incrementAndGet() == unpark) {
                LockSupport.unpark(submitter);
              }
            });
        submitted++;
      }
    }
    submitting.aboutToWait();
    long missing = awaitEnds(ended, submitted);
    double seconds = (lastEnd.get() - start) / 1e9;
    return new Measured(
        submitted - missing, failed.sum(), missing, seconds, new Histogram(LONGEST.toNanos(), 1));
  }

  private void awaitTime(long nanos) throws IOException {
    long wait = nanos - System.nanoTime();
    if (wait > 0) {
      submitting.aboutToWait();
    }
    while (wait > 0) {
      LockSupport.parkNanos(wait);
      wait = nanos - System.nanoTime();
    }
  }

  private static long awaitEnds(AtomicLong ended, long all) {
    long deadline = System.nanoTime() + LAST_ANSWERS.toNanos();
    while (ended.get() < all && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(POLL);
    }
    return all - ended.get();
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
