package dev.warren.gateway.aggregate;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds of a task.
 *
 * @param sequence grows with each recorded change; the id of this state in event streams
 * @param attempt the last attempt that was heard of; 0 if none
 * @param worker the process that ran it; empty if none did
 * @param lane how it ran; empty if it did not
 * @param dueAt when it becomes due, of one that waits
 * @param result of a success
 * @param failure of a dead task, or of the last attempt of one that is tried again
 */
public record TaskRecord(
    long sequence,
    TaskId id,
    int generation,
    String type,
    String queue,
    TaskState state,
    int attempt,
    String worker,
    String lane,
    Instant enqueuedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant dueAt,
    @Nullable JsonText result,
    @Nullable Failure failure,
    Lineage lineage) {
  public TaskRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(lineage, "lineage");
  }

  /** The same with a sequence. */
  TaskRecord withSequence(long given) {
    return new TaskRecord(
        given,
        id,
        generation,
        type,
        queue,
        state,
        attempt,
        worker,
        lane,
        enqueuedAt,
        startedAt,
        endedAt,
        dueAt,
        result,
        failure,
        lineage);
  }
}
