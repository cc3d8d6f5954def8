package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Durations;
import dev.warren.producer.dead.BoxDepth;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.LetterBox;
import dev.warren.producer.dead.LetterFilter;
import dev.warren.producer.dead.LetterReport;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command means. */
final class LetterFlags {
  @Option(
      names = "--queue",
      paramLabel = "NAME",
      split = ",",
      description = "Those of these task queues. Default: all that the fleet has announced.")
  private List<String> queues = new ArrayList<>();

  @Option(
      names = "--unrouted",
      description = "What no queue took, as it was due for one that is gone.")
  private boolean unrouted;

  @Option(
      names = "--inbox",
      description = "What the broker gave up and no worker has told of yet; only to look at.")
  private boolean inbox;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Of this task type; 'image.*' for all whose name begins so.")
  private @Nullable String type;

  @Option(
      names = "--error",
      paramLabel = "TEXT",
      description = "Whose error has this in its class or message.")
  private @Nullable String error;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      description = "Died since then: 2h (ago), or a time.")
  private @Nullable String since;

  @Option(
      names = "--before",
      paramLabel = "WHEN",
      description = "Died before then: 7d (ago), or a time.")
  private @Nullable String before;

  LetterFilter filter(Clock clock, Set<String> ids) {
    return new LetterFilter(
        ids,
        type,
        error,
        since == null ? null : time(since, clock),
        before == null ? null : time(before, clock));
  }

  private static Instant time(String text, Clock clock) {
    return text.contains(":")
        ? TimeText.parse(text, clock)
        : clock.instant().minus(Durations.parse(text));
  }

  /** Refuses what may only be looked at. */
  void requireChangeable() {
    if (inbox) {
      throw new ConfigurationException(
          "letters in the inbox can only be looked at: a worker moves them to the dead letters of"
              + " their queues, so start one");
    }
  }

  /** Whether anything but the box narrows the choice. */
  boolean isNarrow() {
    return type != null || error != null || since != null || before != null;
  }

  /** The boxes to look into, without empty ones. */
  List<LetterBox> boxes(Cli cli, DeadLetters letters) {
    List<LetterBox> named = new ArrayList<>();
    queues.forEach(queue -> named.add(LetterBox.of(queue)));
    if (unrouted) {
      named.add(LetterBox.UNROUTED);
    }
    if (inbox) {
      named.add(LetterBox.INBOX);
    }
    List<BoxDepth> depths = named.isEmpty() ? letters.boxes() : letters.depths(named);
    List<LetterBox> boxes = new ArrayList<>();
    for (BoxDepth depth : depths) {
      // The inbox has a consumer wherever a worker runs.
      if (depth.lookedAt() && depth.box().kind() != LetterBox.Kind.INBOX) {
        cli.say(
            "somebody else looks at the " + depth.box() + " now: what they hold is not seen here");
      }
      if (depth.letters() > 0) {
        boxes.add(depth.box());
      }
    }
    return boxes;
  }

  /** Where it was looked, for people. */
  String place() {
    List<String> places = new ArrayList<>();
    queues.forEach(queue -> places.add("queue '" + queue + "'"));
    if (unrouted) {
      places.add("what was not routed");
    }
    if (inbox) {
      places.add("the inbox");
    }
    return places.isEmpty() ? "any queue" : String.join(", ", places);
  }

  /** What was not done as it should be; the exit code, or 0. */
  static int tell(Cli cli, LetterReport report) {
    int exit = ExitCodes.OK;
    for (var refusal : report.refused().entrySet()) {
      exit = ExitCodes.REFUSED;
      cli.say(letters(refusal.getValue()) + " stayed: " + refusal.getKey());
    }
    if (report.duplicates() > 0) {
      cli.say(
          letters(report.duplicates()) + " went without more, as another one was of the same task");
    }
    if (report.unseen() > 0) {
      cli.say(letters(report.unseen()) + " could not be seen: somebody else holds them");
    }
    if (report.broken().isPresent()) {
      exit = cli.fail(report.broken().get());
    }
    return exit;
  }

  static String letters(long count) {
    return Progress.number(count) + (count == 1 ? " letter" : " letters");
  }

  static String tasks(long count) {
    return Progress.number(count) + (count == 1 ? " task" : " tasks");
  }

  static ConfigurationException which(String command) {
    return new ConfigurationException(
        "which? Give ids, or --all, which --queue, --type, --error, --since and --before narrow down"
            + " ('warren dead "
            + command
            + " --help' says more)");
  }
}
