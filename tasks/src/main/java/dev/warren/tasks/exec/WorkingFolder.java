package dev.warren.tasks.exec;

import dev.warren.api.RejectedTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where a command runs. */
final class WorkingFolder {
  private WorkingFolder() {}

  static Path of(Exec.Arguments arguments, ExecSettings settings, Scratch scratch)
      throws IOException {
    String asked = arguments.folder();
    if (asked != null) {
      return existing(asked, settings);
    }
    Optional<Path> root = settings.files().folder().or(settings.output()::folder);
    return Boolean.TRUE.equals(arguments.fresh()) || root.isEmpty()
        ? Files.createDirectory(scratch.folder().resolve("work"))
        : root.get();
  }

  /** Below the files root, or else below the output root. */
  private static Path existing(String asked, ExecSettings settings) throws IOException {
    try {
      return settings.files().existingFolder(asked);
    } catch (RejectedTask notThere) {
      if (settings.output().folder().equals(settings.files().folder())) {
        throw notThere;
      }
      return settings.output().existingFolder(asked);
    }
  }
}
