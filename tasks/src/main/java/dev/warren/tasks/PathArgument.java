package dev.warren.tasks;

import dev.warren.api.RejectedTask;
import org.jspecify.annotations.Nullable;

/** The argument {@code path} of the file tasks. */
final class PathArgument {
  private PathArgument() {}

  /** Refuses a path that JSON left out: a record's components do not reject null by themselves. */
  static void require(@Nullable String path) {
    if (path == null || path.isBlank()) {
      throw new RejectedTask("'path' is missing: name a file below the worker's files root");
    }
  }
}
