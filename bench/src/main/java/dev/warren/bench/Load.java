package dev.warren.bench;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Submits tasks, {@code echo} as a rule, through the client library, on the calling thread, and
 * counts what becomes of them. For one run.
 */
final class Load {
  /** The worker's built-in task, as a program knows it that has only its name. */
  private static final TaskType<Object, Object> ECHO =
      TaskType.of("echo", Object.class, Object.class);

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);

  private final WarrenClient client;
  private final TaskType<Object, Object> type;
  private final Object argument;
  private final CompletionLog completions = new CompletionLog();
  private final LongAdder failures = new LongAdder();

  /** When a run is over. */
  record Limit(long tasks, Duration time) {
    boolean reached(long submitted, long startNanos) {
      return submitted >= tasks || System.nanoTime() - startNanos >= time.toNanos();
    }
  }

  /**
   * What came of it.
   *
   * @param submitted tasks handed to the client
   * @param failed those that were refused or did not succeed
   * @param lost those of which nothing was heard
   */
  record Result(Rate rate, long submitted, long failed, long lost) {}

  /**
   * @param bytes the size of a task's arguments as JSON
   */
  Load(WarrenClient client, int bytes) {
    // With its quotation marks.
    this(client, ECHO, "x".repeat(Math.max(0, bytes - 2)));
  }

  /** A load of other tasks, all with the same argument. */
  Load(WarrenClient client, TaskType<Object, Object> type, Object argument) {
    this.client = client;
    this.type = type;
    this.argument = argument;
  }

  /** A closed loop: a task goes when an earlier one has its outcome. */
  Result endToEnd(int window, Limit limit) throws InterruptedException {
    return closedLoop(window, limit, submitted -> submitted.thenCompose(TaskHandle::outcome));
  }

  /** A closed loop over the broker's confirms; nothing is awaited of the tasks themselves. */
  Result enqueue(int window, Limit limit) throws InterruptedException {
    return closedLoop(window, limit, submitted -> submitted);
  }

  /** What of a submission is awaited. */
  @FunctionalInterface
  private interface Awaited {
    CompletionStage<?> of(CompletionStage<TaskHandle<Object>> submitted);
  }

  private Result closedLoop(int window, Limit limit, Awaited awaited) throws InterruptedException {
    Semaphore places = new Semaphore(window);
    long start = System.nanoTime();
    long submitted = 0;
    while (!limit.reached(submitted, start)) {
      if (!places.tryAcquire(LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS)) {
        break;
      }
      submitted++;
      awaited
          .of(client.submitAsync(type, argument, SubmitOptions.DEFAULT))
          .whenComplete(
              (answer, failure) -> {
                count(answer, failure != null);
                places.release();
              });
    }
    boolean all = places.tryAcquire(window, LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS);
    long lost = all ? 0 : window - places.availablePermits();
    return new Result(completions.rate(start), submitted, failures.sum(), lost);
  }

  private void count(Object answer, boolean failed) {
    if (failed
        || (answer instanceof Outcome<?> outcome && !(outcome instanceof Outcome.Succeeded<?>))) {
      failures.increment();
    } else {
      completions.completed(System.nanoTime());
    }
  }

  /** What an open loop found. */
  record OpenResult(Latency latency, Rate rate, long submitted, long failed, long lost) {}

  /** An open loop: a task goes when its time has come, whatever became of earlier ones. */
  OpenResult openLoop(int perSecond, Duration time) throws InterruptedException {
    long requests = time.toMillis() * perSecond / 1_000;
    LatencyLog latencies = new LatencyLog(System.nanoTime(), perSecond, requests / 4);
    LongAdder answered = new LongAdder();
    Semaphore ends = new Semaphore(0);
    for (long i = 0; i < requests; i++) {
      long request = i;
      for (long wait = latencies.intended(i) - System.nanoTime();
          wait > 0;
          wait = latencies.intended(i) - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      client
          .submitAsync(type, argument, SubmitOptions.DEFAULT)
          .thenCompose(TaskHandle::outcome)
          .whenComplete(
              (answer, failure) -> {
                long now = System.nanoTime();
                count(answer, failure != null);
                latencies.completed(request, now);
                answered.increment();
                ends.release();
              });
    }
    boolean all =
        ends.tryAcquire(Math.toIntExact(requests), LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS);
    long lost = all ? 0 : requests - answered.sum();
    return new OpenResult(
        latencies.latency(),
        completions.rate(latencies.intended(0)),
        requests,
        failures.sum(),
        lost);
  }
}
