package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;

/** Something the broker must confirm before a task counts as settled. */
public sealed interface Command {

  /** Record how the task ended: published last, when all else that follows is confirmed. */
  record RecordOutcome(OutcomeEvent event) implements Command {}

  /**
   * Send a task to its queue, after a delay or at once: a retry, a follow-up, a part of a chunk.
   */
  record SendTask(TaskMessage task, Duration delay) implements Command {
    public DelayRoute route() {
      return DelayRoute.of(delay, task.queue(), task.type());
    }
  }

  /** Put the task with the reason of its death among its queue's dead letters. */
  record BuryTask(TaskMessage task, Failure failure, Instant at) implements Command {}
}
