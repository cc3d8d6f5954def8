package dev.warren.engine.wire;

import dev.warren.api.TaskId;
import java.util.Objects;

/**
 * How far a running attempt is. Told by its worker, at most once a second; good to know, may be
 * lost, and may come after the outcome. It carries no reply token: nobody who is away is to find
 * thousands of them later.
 *
 * @param worker the process that runs the attempt
 */
public record TaskProgress(
    TaskId task,
    int generation,
    String type,
    String queue,
    int attempt,
    Progress progress,
    String worker,
    Lineage lineage)
    implements Event {
  public static final String NAME = "progress";

  public TaskProgress {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(lineage, "lineage");
  }

  /** The event of an attempt of a task. */
  public static TaskProgress of(TaskMessage task, Progress progress, String worker) {
    return new TaskProgress(
        task.id(),
        task.generation(),
        task.type(),
        task.queue(),
        task.attempt(),
        progress,
        worker,
        task.lineage());
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, queue, null);
  }
}
