package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and how long a command waits for what it replays. */
final class ReplayWait {
  @Option(names = "--wait", description = "Wait for the tasks and print their results instead.")
  private boolean wanted;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "The longest wait; the tasks themselves go on. Default: no limit.")
  private @Nullable Duration limit;

  @Option(
      names = "--with-id",
      description = "Print {\"id\":…,\"result\":…} instead of the bare result.")
  private boolean withId;

  void require() {
    if (limit != null && !wanted) {
      throw new ConfigurationException("--timeout limits the wait of --wait: add --wait");
    }
  }

  boolean isWanted() {
    return wanted;
  }

  boolean isWithId() {
    return withId;
  }

  /** When the wait is over, by {@link System#nanoTime}; far away if it has no limit. */
  long deadline() {
    return System.nanoTime() + (limit == null ? Long.MAX_VALUE / 4 : limit.toNanos());
  }
}
