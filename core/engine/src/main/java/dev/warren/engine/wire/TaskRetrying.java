package dev.warren.engine.wire;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task has not ended and runs again. Told by the worker that decided so, after the broker has
 * confirmed the message that brings the task back; good to know, and may be lost or come twice.
 *
 * @param attempt the attempt that failed or paused; of a parked task, the one that could not run
 * @param failure why: of a failed attempt, and of a parked task
 * @param worker the process that says so
 * @param enqueuedAt when the task was submitted
 * @param at when it was decided
 * @param dueAt when it runs again
 */
public record TaskRetrying(
    TaskId task,
    int generation,
    String type,
    String queue,
    int attempt,
    Reason reason,
    @Nullable Failure failure,
    String worker,
    Instant enqueuedAt,
    Instant at,
    Instant dueAt,
    Lineage lineage)
    implements Event {
  public static final String NAME = "retrying";

  /** Why a task runs again. */
  public enum Reason {
    /** The attempt failed; the next one has another number. */
    FAILED,
    /** The handler asked for the same attempt later. */
    SNOOZED,
    /**
     * The worker does not know the type, an attempt that it gave up still runs there, or a limit
     * leaves no room; the same attempt is tried elsewhere or later.
     */
    PARKED;

    /** As it is written. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public TaskRetrying {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(enqueuedAt, "enqueuedAt");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(dueAt, "dueAt");
    Objects.requireNonNull(lineage, "lineage");
    if ((reason == Reason.SNOOZED) != (failure == null)) {
      throw new IllegalArgumentException(
          "a failure belongs to every reason but a snooze: " + task + " " + reason);
    }
  }

  /** The event of an attempt of a task. */
  public static TaskRetrying of(
      TaskMessage task,
      Reason reason,
      @Nullable Failure failure,
      String worker,
      Instant at,
      Instant dueAt) {
    return new TaskRetrying(
        task.id(),
        task.generation(),
        task.type(),
        task.queue(),
        task.attempt(),
        reason,
        failure,
        worker,
        task.enqueuedAt(),
        at,
        dueAt,
        task.lineage());
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, queue, lineage.reply());
  }
}
