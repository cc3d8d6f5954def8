package dev.warren.worker.process;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What a worker tells its child. {@code run} is the number of the attempt that it is about. */
sealed interface Told {
  /**
   * What to load, in answer to a hello.
   *
   * @param jars of tasks; for children that are JVMs
   * @param settings what tasks may read
   */
  record Load(List<String> jars, Map<String, String> settings) implements Told {
    public Load {
      jars = List.copyOf(jars);
      settings = Map.copyOf(settings);
    }

    static Load of(List<Path> jars, Map<String, String> settings) {
      return new Load(jars.stream().map(jar -> jar.toAbsolutePath().toString()).toList(), settings);
    }
  }

  /** Run an attempt. */
  record Run(int run, Work work, JsonText arguments) implements Told {}

  /** The attempt should stop; if it does not soon, the process is ended. */
  record Cancel(int run, String reason) implements Told {}

  /** The answer to {@link Said.Submit}. */
  record Submitted(int run, int number, TaskId task) implements Told {}

  /** What an attempt knows of itself. */
  record Work(
      TaskId task, String type, int generation, int attempt, String key, Instant deadline) {}
}
