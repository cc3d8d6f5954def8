package dev.warren.gateway.aggregate;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds of a batch.
 *
 * @param sequence grows with each recorded change; the id of this state in event streams
 * @param members how many members the broker confirmed; null until the batch is closed
 * @param openedAt when it was opened, or first heard of
 * @param cancelled members that were cancelled
 * @param cancelRequestedAt when somebody cancelled the batch; null if nobody did
 */
public record BatchRecord(
    long sequence,
    String id,
    String description,
    BatchState state,
    @Nullable Long members,
    long succeeded,
    long dead,
    long cancelled,
    long expired,
    Instant openedAt,
    @Nullable Instant closedAt,
    @Nullable Instant completedAt,
    @Nullable Instant cancelRequestedAt) {
  public BatchRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
  }

  /** Members that have ended, however. */
  public long ended() {
    return succeeded + dead + cancelled + expired;
  }
}
