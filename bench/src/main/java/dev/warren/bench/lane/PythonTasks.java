package dev.warren.bench.lane;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Where the tasks in Python and the helper of Python programs are. */
final class PythonTasks {
  /** The name of the program. */
  static final String PROGRAM = "lanes.py";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private PythonTasks() {}

  /** Puts the program into a folder. */
  static void copyTo(Path folder) {
    try (InputStream source =
        Objects.requireNonNull(PythonTasks.class.getResourceAsStream(PROGRAM), PROGRAM)) {
      Files.copy(source, folder.resolve(PROGRAM));
    } catch (IOException failed) {
      throw new BenchException(PROGRAM + " cannot be written to " + folder, failed);
    }
  }

  /** The folder of the helper, beside the launcher: in a checkout and in a release. */
  static Optional<Path> helpers() {
    return Optional.ofNullable(System.getenv("WARREN_LAUNCHER"))
        .map(launcher -> Path.of(launcher).toAbsolutePath().resolveSibling(""))
        .flatMap(
            home ->
                List.of(
                        home.resolve("worker/src/main/helpers/python"),
                        home.resolveSibling("helpers/python"))
                    .stream()
                    .filter(Files::isDirectory)
                    .findFirst());
  }

  /** Whether a Python runs that is new enough. */
  static boolean runs(Path folder) throws InterruptedException {
    List<String> command =
        List.of("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))");
    try (OwnProcess python =
        OwnProcess.start("python3", command, Map.of(), folder.resolve("python.log"))) {
      return python.awaitEnd(LIMIT) && python.exitCode() == 0;
    } catch (BenchException missing) {
      return false;
    }
  }
}
