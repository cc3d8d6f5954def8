package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import dev.warren.api.WarrenException;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tasks that are submitted one after the other while something goes wrong, every fifth of which
 * fails at first; and the books of what became of them.
 */
final class Traffic implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Returns its argument. */
  static final TaskType<Integer, Integer> COUNT =
      TaskType.of("test.count", Integer.class, Integer.class)
          .with(
              options ->
                  options.withRetry(
                      new RetryPolicy(5, Duration.ofMillis(10), 1, Duration.ofMillis(10), false)));

  private final WarrenClient client;
  private final Map<Integer, Outcome<Integer>> ended = new ConcurrentHashMap<>();
  private final Queue<WarrenException> refused = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> unheard = new ConcurrentLinkedQueue<>();
  private final AtomicInteger submitted = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean paused;

  private Traffic(WarrenClient client) {
    this.client = client;
    this.thread = Thread.ofVirtual().name("test-traffic").start(this::run);
  }

  static Traffic through(WarrenClient client) {
    return new Traffic(client);
  }

  /** What a worker needs to run such tasks. */
  static TaskProvider provider(Map<Integer, AtomicInteger> runs) {
    return new Provider(runs);
  }

  private void run() {
    try {
      int next = 0;
      while (!over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        if (paused) {
          continue;
        }
        int number = next++;
        try {
          client
              .submit(COUNT, number)
              .outcome()
              .whenComplete(
                  (outcome, failure) -> {
                    if (failure == null) {
                      ended.put(number, outcome);
                    } else {
                      unheard.add(failure);
                    }
                  });
          submitted.incrementAndGet();
        } catch (WarrenException failed) {
          refused.add(failed);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Submits nothing until {@link #resume}; one submission may still be under way. */
  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
  }

  /** Waits until every task that was accepted so far has ended. */
  void awaitAllEnded() {
    await()
        .during(Duration.ofMillis(200))
        .atMost(LIMIT)
        .until(() -> ended.size() + unheard.size() >= submitted.get());
  }

  /** Waits until so many more tasks have ended. */
  void awaitMore(int tasks) {
    int goal = ended.size() + tasks;
    await().atMost(LIMIT).until(() -> ended.size() >= goal);
  }

  /** Waits until a task that is submitted now has ended; says how long that took. */
  Duration awaitRunningAgain() {
    Instant from = Instant.now();
    int goal = submitted.get() + 1;
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> ended.keySet().stream().anyMatch(number -> number >= goal));
    return Duration.between(from, Instant.now());
  }

  /** Submissions that failed so far, which all said why. */
  Queue<WarrenException> refused() {
    return refused;
  }

  /** Ends the submissions, waits for every accepted task, and checks that each has succeeded. */
  void requireAllSucceeded() throws InterruptedException {
    over.countDown();
    assertThat(thread.join(LIMIT)).isTrue();
    await().atMost(LIMIT).until(() -> ended.size() + unheard.size() >= submitted.get());
    assertThat(unheard).isEmpty();
    assertThat(ended).hasSize(submitted.get());
    ended.forEach(
        (number, outcome) -> assertThat(outcome).isEqualTo(new Outcome.Succeeded<>(number)));
  }

  @Override
  public void close() {
    over.countDown();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private record Provider(Map<Integer, AtomicInteger> runs) implements TaskProvider {
    @Override
    public void register(TaskRegistry registry) {
      registry.register(
          COUNT,
          Lane.VIRTUAL,
          (number, context) -> {
            runs.computeIfAbsent(number, each -> new AtomicInteger()).incrementAndGet();
            if (number % 5 == 0 && context.attempt() == 1) {
              throw new IllegalStateException("fails at first");
            }
            return number;
          });
    }
  }
}
