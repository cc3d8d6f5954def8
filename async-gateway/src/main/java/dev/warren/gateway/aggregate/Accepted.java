package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task that the gateway has submitted for somebody.
 *
 * @param dueAt when it becomes due; null if it is due at once
 */
public record Accepted(
    TaskId id,
    int generation,
    String type,
    String queue,
    Instant enqueuedAt,
    @Nullable Instant dueAt,
    Lineage lineage) {
  public Accepted {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(lineage, "lineage");
  }

  /** What is recorded of it. */
  TaskRecord record() {
    return new TaskRecord(
        0,
        id,
        generation,
        type,
        queue,
        dueAt == null ? TaskState.SUBMITTED : TaskState.DELAYED,
        0,
        "",
        "",
        enqueuedAt,
        null,
        null,
        dueAt,
        null,
        null,
        lineage);
  }
}
