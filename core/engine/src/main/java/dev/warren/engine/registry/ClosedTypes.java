package dev.warren.engine.registry;

import java.util.Map;
import java.util.Optional;

/** Built-in types that no worker runs until its operator opens them. */
public final class ClosedTypes {
  private static final Map<String, String> HOW_TO_OPEN =
      Map.of(
          "exec",
          "no worker runs commands unless it is told which: 'warren worker --exec-allow PROGRAM,…'");

  private ClosedTypes() {}

  /** What to do where nobody has announced the type; empty if it is not one of these. */
  public static Optional<String> howToOpen(String type) {
    return Optional.ofNullable(HOW_TO_OPEN.get(type));
  }
}
