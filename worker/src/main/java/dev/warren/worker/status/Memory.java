package dev.warren.worker.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The resident memory of processes, where the system tells it in {@code /proc}. */
public final class Memory {
  private static final String RESIDENT = "VmRSS:";

  private Memory() {}

  /** That of a process and of all it has started, in bytes; empty if it is not known. */
  static OptionalLong ofTree(long pid) {
    return ProcessHandle.of(pid)
        .map(
            handle -> {
              OptionalLong own = of(pid);
              long others = handle.descendants().mapToLong(each -> of(each.pid()).orElse(0)).sum();
              return own.isPresent() ? OptionalLong.of(own.getAsLong() + others) : own;
            })
        .orElseGet(OptionalLong::empty);
  }

  /** That of a process, in bytes; empty if it is not known. */
  public static OptionalLong of(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith(RESIDENT)) {
          String kilobytes = line.substring(RESIDENT.length()).replace("kB", "").strip();
          return OptionalLong.of(1024 * Long.parseLong(kilobytes));
        }
      }
    } catch (IOException | NumberFormatException gone) {
      // No /proc here, or no such process any more.
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }
}
