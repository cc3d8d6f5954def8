package dev.warren.bench.peers;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A command from a shell, from its start to its end.
 *
 * @param title for people
 * @param ends what has happened when it ends
 */
record OneShot(
    String name, String title, String ends, List<String> words, Map<String, String> environment) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  OneShot {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /**
   * Runs it, and answers the milliseconds that it took.
   *
   * @throws BenchException if it fails or does not end
   */
  double run(Path output) throws InterruptedException {
    long began = System.nanoTime();
    try (OwnProcess process = OwnProcess.start(title, words, environment, output)) {
      boolean ended = process.awaitEnd(LIMIT);
      double millis = (System.nanoTime() - began) / 1e6;
      if (!ended || process.exitCode() != 0) {
        throw new BenchException(
            "%s %s:%n%s"
                .formatted(
                    title,
                    ended ? "ended with exit code " + process.exitCode() : "does not end",
                    process.lastWords()));
      }
      return millis;
    }
  }
}
