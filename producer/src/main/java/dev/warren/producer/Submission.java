package dev.warren.producer;

import dev.warren.api.WarrenException;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A task on its way to the broker. */
final class Submission {
  final CompletableFuture<RawHandle> settled = new CompletableFuture<>();
  final TaskMessage message;
  final boolean queueChosen;
  private final long deadlineNanos;
  private final @Nullable CompletableFuture<OutcomeEvent> outcome;

  /**
   * @param queueChosen whether the submitter said the queue, so that no other will do
   * @param outcome if it is wanted
   */
  Submission(
      TaskMessage message,
      long deadlineNanos,
      boolean queueChosen,
      @Nullable CompletableFuture<OutcomeEvent> outcome) {
    this.message = message;
    this.deadlineNanos = deadlineNanos;
    this.queueChosen = queueChosen;
    this.outcome = outcome;
  }

  /** What is left until the send deadline. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  /** Whether its time is over. */
  boolean overdue(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /** By how much another one's send deadline is later; negative if it is earlier. */
  long nanosBefore(Submission other) {
    return other.deadlineNanos - deadlineNanos;
  }

  /** The broker has it, in this queue. */
  void confirmed(String queue, Canceller canceller) {
    settled.complete(new SubmittedTask(message.id(), queue, outcome, canceller));
  }

  void failed(WarrenException failure, Expectations expectations) {
    if (outcome != null) {
      expectations.abandon(message.id());
    }
    settled.completeExceptionally(failure);
  }
}
