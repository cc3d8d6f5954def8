package dev.warren.bench;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** A load at a fixed rate: a task goes when its time has come, whatever became of earlier ones. */
final class OpenLoop {
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);

  private final WarrenClient client;
  private final String argument;

  /** What it found. */
  record Result(Latency latency, long submitted, long failed, long lost) {}

  /**
   * @param bytes the size of a task's arguments as JSON
   */
  OpenLoop(WarrenClient client, int bytes) {
    this.client = client;
    this.argument = Submitters.text(bytes);
  }

  /** Runs on the calling thread; the first quarter of the tasks warms up and is left out. */
  Result run(int perSecond, Duration time) throws InterruptedException {
    long requests = time.toMillis() * perSecond / 1_000;
    LatencyLog latencies = new LatencyLog(System.nanoTime(), perSecond, requests / 4);
    LongAdder failed = new LongAdder();
    Semaphore ends = new Semaphore(0);
    for (long i = 0; i < requests; i++) {
      long request = i;
      for (long wait = latencies.intended(i) - System.nanoTime();
          wait > 0;
          wait = latencies.intended(i) - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      client
          .submitAsync(Submitters.ECHO, argument, SubmitOptions.DEFAULT)
          .thenCompose(TaskHandle::outcome)
          .whenComplete(
              (outcome, failure) -> {
                latencies.completed(request, System.nanoTime());
                if (!(outcome instanceof Outcome.Succeeded)) {
                  failed.increment();
                }
                ends.release();
              });
    }
    boolean all =
        ends.tryAcquire(Math.toIntExact(requests), LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS);
    long lost = all ? 0 : requests - ends.availablePermits();
    return new Result(latencies.latency(), requests, failed.sum(), lost);
  }
}
