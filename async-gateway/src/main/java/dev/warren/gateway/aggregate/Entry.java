package dev.warren.gateway.aggregate;

import java.time.Instant;
import java.util.Objects;

/** Something to record. Entries may come in any order, and more than once. */
sealed interface Entry {

  /**
   * A task ended, or waits for something.
   *
   * @param task what is known of it; its sequence is not set yet
   * @param continues the chain goes on: this is no outcome of a batch member yet
   */
  record OfTask(TaskRecord task, boolean continues) implements Entry {
    public OfTask {
      Objects.requireNonNull(task, "task");
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
