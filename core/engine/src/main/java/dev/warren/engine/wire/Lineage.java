package dev.warren.engine.wire;

import dev.warren.api.TaskId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a task comes from and who cares for it. Travels along a chain.
 *
 * @param root the first task of the chain; a task without parent is its own root
 * @param parent the task that this one follows
 * @param batch the batch it is a member of
 * @param batchIndex its key in the batch
 * @param reply the token of the client that waits for its outcome
 */
public record Lineage(
    TaskId root,
    @Nullable TaskId parent,
    @Nullable String batch,
    @Nullable Long batchIndex,
    @Nullable String reply) {
  public Lineage {
    Objects.requireNonNull(root, "root");
  }

  /** A task on its own. */
  public static Lineage of(TaskId root) {
    return new Lineage(root, null, null, null, null);
  }

  public Lineage withReply(@Nullable String token) {
    return new Lineage(root, parent, batch, batchIndex, token);
  }

  public Lineage withBatch(String id, long index) {
    return new Lineage(root, parent, id, index, reply);
  }

  /** The lineage of a task that follows from the task with this lineage and the given id. */
  public Lineage childOf(TaskId task) {
    return new Lineage(root, task, null, null, null);
  }
}
