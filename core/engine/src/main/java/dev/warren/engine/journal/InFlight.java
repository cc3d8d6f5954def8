package dev.warren.engine.journal;

import dev.warren.api.TaskId;
import dev.warren.engine.settle.CrashNote;
import dev.warren.engine.settle.Execution;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * An attempt that was running when its process ended.
 *
 * @param type the task type; its first 24 bytes
 * @param alone if it ran with nothing beside it: how many crashes were counted against it before
 */
public record InFlight(
    TaskId task, int generation, int attempt, Instant started, String type, OptionalInt alone) {
  /** It ran beside others. */
  public InFlight(TaskId task, int generation, int attempt, Instant started, String type) {
    this(task, generation, attempt, started, type, OptionalInt.empty());
  }

  /** What speaks against it. */
  public CrashNote crashNote() {
    return new CrashNote(new Execution(task, generation, attempt), alone);
  }
}
