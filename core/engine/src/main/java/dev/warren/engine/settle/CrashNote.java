package dev.warren.engine.settle;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * That an execution was running when its worker ended without a word.
 *
 * @param alone if it ran with nothing beside it: how many crashes were counted against it before
 */
public record CrashNote(Execution execution, OptionalInt alone) {
  public CrashNote {
    Objects.requireNonNull(execution, "execution");
    Objects.requireNonNull(alone, "alone");
  }
}
