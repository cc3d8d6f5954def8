package dev.warren.engine.wire;

import dev.warren.api.TaskId;
import java.time.Instant;
import java.util.Objects;

/**
 * An entry of {@code warren.cancellations}: somebody wants a task, or a whole batch, not to run.
 */
public sealed interface Cancellation {
  /** When it was asked for. */
  Instant at();

  /** The program that asked, for people; may be empty. */
  String by();

  /**
   * Cancels a task.
   *
   * @param generation the generation meant; {@link #EVERY_GENERATION} means all that were submitted
   *     or replayed by then
   */
  record OfTask(TaskId task, int generation, Instant at, String by) implements Cancellation {
    public OfTask {
      Objects.requireNonNull(task, "task");
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(by, "by");
      if (generation < 0) {
        throw new IllegalArgumentException("a generation counts from 1, not " + generation);
      }
    }
  }

  /** Cancels all members of a batch, those that are not submitted yet included. */
  record OfBatch(String batch, Instant at, String by) implements Cancellation {
    public OfBatch {
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(by, "by");
      if (batch.isBlank() || batch.length() > LONGEST_BATCH) {
        throw new IllegalArgumentException(
            "a batch id has 1 to " + LONGEST_BATCH + " characters, not " + batch.length());
      }
    }
  }

  /** Stands for all generations of a task. */
  int EVERY_GENERATION = 0;

  /** Characters of a batch id at most. */
  int LONGEST_BATCH = 200;
}
