package dev.warren.worker.process;

import java.time.Duration;
import java.util.List;

/**
 * What children of a kind are.
 *
 * @param command program and arguments
 * @param load what one is told to load
 * @param startLimit how long that may take
 */
record ChildProgram(List<String> command, Told.Load load, Duration startLimit) {
  ChildProgram {
    command = List.copyOf(command);
  }
}
