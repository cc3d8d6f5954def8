package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something to record. Entries may come in any order, and more than once. */
sealed interface Entry {

  /** News of a task. */
  sealed interface OfTask extends Entry permits Waiting, Ended {
    TaskId id();

    /** What the rules look at. */
    TaskRule.Known known();

    /** The batch that it is a member of. */
    @Nullable String batch();

    /** Its key in the batch. */
    @Nullable Long batchIndex();

    /** Whether a member of a batch has ended with it: a chain may go on. */
    boolean endsMember();
  }

  /**
   * A task that waits for something.
   *
   * @param task what is known of it; its sequence is not set yet
   */
  record Waiting(TaskRecord task) implements OfTask {
    public Waiting {
      Objects.requireNonNull(task, "task");
      if (task.state().ended()) {
        throw new IllegalArgumentException("task " + task.id() + " has ended");
      }
    }

    @Override
    public TaskId id() {
      return task.id();
    }

    @Override
    public TaskRule.Known known() {
      return TaskRule.Known.of(task);
    }

    @Override
    public @Nullable String batch() {
      return task.lineage().batch();
    }

    @Override
    public @Nullable Long batchIndex() {
      return task.lineage().batchIndex();
    }

    @Override
    public boolean endsMember() {
      return false;
    }
  }

  /**
   * A task that ended.
   *
   * @param event the outcome event as it came, of which the rest was read
   * @param continues the chain goes on: this is no outcome of a batch member yet
   */
  record Ended(
      TaskId id,
      TaskRule.Known known,
      @Nullable String batch,
      @Nullable Long batchIndex,
      boolean continues,
      Slice event)
      implements OfTask {
    @Override
    public boolean endsMember() {
      return batch != null && batchIndex != null && !continues;
    }
  }

  /** A batch begins. */
  record Opened(String batch, String description, Instant at) implements Entry {}

  /**
   * No member will be added to a batch any more.
   *
   * @param members how many members the broker confirmed
   */
  record Closed(String batch, long members, Instant at) implements Entry {}

  /** Somebody cancelled a batch. */
  record CancelRequested(String batch, Instant at) implements Entry {}

  /** A look at an open batch: it is abandoned if nothing was heard of it since then. */
  record Idle(String batch, Instant since) implements Entry {}
}
