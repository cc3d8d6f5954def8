package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.api.Priority;
import dev.warren.api.SubmitOptions;
import dev.warren.engine.configuration.BackOffText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a submission. */
final class SubmitFlags {
  @Option(
      names = "--queue",
      paramLabel = "NAME",
      description = "Another queue than the type's own.")
  private @Nullable String queue;

  @Option(
      names = "--priority",
      paramLabel = "low|normal|high",
      description = "Default: that of the type. Needs RabbitMQ 4.")
  private @Nullable Priority priority;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description = "Attempts in all, the first included. Default: that of the type.")
  private @Nullable Integer attempts;

  @Option(
      names = "--back-off",
      paramLabel = "WAITS",
      description =
          "First wait, factor, longest wait between attempts: 5s, or 5s,2,1h. Default: those of"
              + " the type.")
  private @Nullable String backOff;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      description = "The longest an attempt may run. Default: that of the type.")
  private @Nullable Duration timeLimit;

  @Option(names = "--in", paramLabel = "TIME", description = "Run after this time: 10m, 1h30m.")
  private @Nullable Duration delay;

  @Option(
      names = "--at",
      paramLabel = "WHEN",
      description = "Run no earlier: 2026-11-22T10:00:00Z, or 10:00.")
  private @Nullable String at;

  @Option(
      names = "--expires",
      paramLabel = "WHEN",
      description = "Do not start later: a time, or a duration from now.")
  private @Nullable String expires;

  @Option(
      names = "--unannounced",
      description = "With --in or --at: also a type that no worker has announced yet.")
  private boolean unannounced;

  SubmitOptions options(Clock clock) {
    SubmitOptions options = SubmitOptions.DEFAULT;
    if (queue != null) {
      options = options.withQueue(Names.requireQueue(queue));
    }
    if (priority != null) {
      options = options.withPriority(priority);
    }
    if (attempts != null) {
      options = options.withMaxAttempts(attempts);
    }
    if (backOff != null) {
      options = options.withBackOff(BackOffText.parse(backOff));
    }
    if (timeLimit != null) {
      options = options.withTimeLimit(timeLimit);
    }
    Instant due = due(clock);
    if (due != null) {
      options = options.withNotBefore(due);
    }
    if (unannounced) {
      options = options.withUnannounced();
    }
    if (expires != null) {
      options = options.withExpiresAt(expiry(expires, clock));
    }
    return options;
  }

  private @Nullable Instant due(Clock clock) {
    if (delay != null && at != null) {
      throw new ConfigurationException("--in and --at both say when to run: give one of them");
    }
    if (delay != null) {
      return clock.instant().plus(delay);
    }
    return at == null ? null : TimeText.parse(at, clock);
  }

  private static Instant expiry(String text, Clock clock) {
    Instant time = TimeText.parseOrAfter(text, clock);
    if (!time.isAfter(clock.instant())) {
      throw new ConfigurationException("--expires " + text + " is in the past");
    }
    return time;
  }
}
