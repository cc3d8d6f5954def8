package dev.warren.engine.wire;

import dev.warren.api.TaskId;
import java.time.Instant;
import java.util.Objects;

/**
 * A task was submitted that waits for its time. Told by whoever submitted it, after the broker's
 * confirm; good to know, and may be lost.
 *
 * @param enqueuedAt when it was submitted
 * @param dueAt when it becomes due
 */
public record TaskDelayed(
    TaskId task,
    int generation,
    String type,
    String queue,
    Instant enqueuedAt,
    Instant dueAt,
    Lineage lineage)
    implements Event {
  public static final String NAME = "delayed";

  public TaskDelayed {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(enqueuedAt, "enqueuedAt");
    Objects.requireNonNull(dueAt, "dueAt");
    Objects.requireNonNull(lineage, "lineage");
  }

  /** The event of a task with a due time. */
  public static TaskDelayed of(TaskMessage task, Instant dueAt) {
    return new TaskDelayed(
        task.id(),
        task.generation(),
        task.type(),
        task.queue(),
        task.enqueuedAt(),
        dueAt,
        task.lineage());
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, queue, lineage.reply());
  }
}
