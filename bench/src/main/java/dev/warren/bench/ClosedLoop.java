package dev.warren.bench;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * A load that never has more than a window of unfinished tasks: one goes when an earlier one has
 * ended. On the calling thread.
 */
final class ClosedLoop {
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(60);

  private final Submitter submitter;
  private final int window;
  private final int group;

  /** Brings tasks to the fleet. */
  @FunctionalInterface
  interface Submitter {
    /**
     * Submits so many; may wait for the broker, but not for outcomes.
     *
     * @param end to be told of each of them, once, from any thread
     */
    void submit(int count, End end) throws InterruptedException;
  }

  /** Is told how a task ended. */
  @FunctionalInterface
  interface End {
    void ended(boolean well);
  }

  /**
   * @param group so many are submitted together, at most the window
   */
  ClosedLoop(Submitter submitter, int window, int group) {
    if (group > window) {
      throw new IllegalArgumentException("a group of " + group + " in a window of " + window);
    }
    this.submitter = submitter;
    this.window = window;
    this.group = group;
  }

  /** Runs until the limit, then waits for what is unfinished. */
  Tally run(Limit limit) throws InterruptedException {
    Window places = new Window(window);
    LongAdder failures = new LongAdder();
    long start = System.nanoTime();
    Completions completions = new Completions(start);
    End end =
        well -> {
          if (well) {
            completions.completed(System.nanoTime());
          } else {
            failures.increment();
          }
          places.giveBack();
        };
    long submitted = 0;
    while (!limit.reached(submitted, start) && places.take(group, LAST_ANSWERS.toNanos())) {
      submitter.submit(group, end);
      submitted += group;
    }
    places.awaitAll(LAST_ANSWERS.toNanos());
    return new Tally(completions.rate(), submitted, failures.sum(), places.unfinished());
  }
}
