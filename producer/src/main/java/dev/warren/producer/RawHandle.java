package dev.warren.producer;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.OutcomeEvent;
import java.util.concurrent.CompletionStage;

/** A submitted task whose result is JSON. Safe for concurrent use. */
public interface RawHandle {
  TaskId id();

  /** The queue that took it. */
  String queue();

  /**
   * Completes with the outcome, on the client's listening thread: what depends on it must not block
   * for long, as outcomes behind it wait. Completes with {@link
   * dev.warren.api.AwaitTimeoutException} when the client is closed before. Fails at once with
   * {@link IllegalStateException} if the submission did not want its outcome.
   */
  CompletionStage<OutcomeEvent> outcome();

  /**
   * Cancels the task and returns when the broker has confirmed it: what waits is not run any more,
   * what runs is told to stop. Does nothing to a task that has ended.
   *
   * @throws dev.warren.api.SendDeadlineException if no confirm came in time: cancel again
   */
  void cancel();

  /** Like {@link #cancel}, without waiting for the confirm. */
  CompletionStage<Void> cancelAsync();
}
