package dev.warren.api;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A submitted task, as its submitter sees it. Safe for concurrent use. */
public interface TaskHandle<R extends @Nullable Object> {
  TaskId id();

  /**
   * Completes with the outcome when it is recorded. Never completes while the task waits or runs.
   */
  CompletionStage<Outcome<R>> outcome();

  /**
   * Waits for the task and returns its result.
   *
   * @throws AwaitTimeoutException if the limit passes first; the task itself goes on
   * @throws TaskFailedException if the task ended in another outcome than success
   */
  R await(Duration limit);

  /**
   * Cancels the task and returns when the broker has confirmed it: what waits is not run any more,
   * what runs is told to stop. Does nothing to a task that has ended.
   *
   * @throws SendDeadlineException if no confirm came in time: cancel again
   */
  void cancel();

  /** Like {@link #cancel}, without waiting for the confirm. */
  CompletionStage<Void> cancelAsync();
}
