package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something the broker must confirm before a task counts as settled. */
public sealed interface Command {

  /** Record how the task ended: published last, when all else that follows is confirmed. */
  record RecordOutcome(OutcomeEvent event) implements Command {}

  /**
   * Send a task to its queue, after a delay or at once: a retry, a follow-up, a part of a chunk.
   *
   * @param told what is told, once that is confirmed, to whoever wants to know; nothing waits for
   *     it
   */
  record SendTask(TaskMessage task, Duration delay, @Nullable TaskRetrying told)
      implements Command {
    /** Nothing is told. */
    public SendTask(TaskMessage task, Duration delay) {
      this(task, delay, null);
    }

    public DelayRoute route() {
      return DelayRoute.of(delay, task.queue(), task.type());
    }
  }

  /** Put the task with the reason of its death among its queue's dead letters. */
  record BuryTask(TaskMessage task, Failure failure, Instant at) implements Command {}
}
