package dev.warren.producer.cli;

import dev.warren.engine.configuration.StandardKeys;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The demo's table, what it means, and where to look. */
final class DemoReport {
  private final Cli cli;
  private final List<DemoWork> works;
  private final Map<String, Duration> alone;
  private final DemoBatch.Result result;
  private final Set<String> processes = new TreeSet<>();
  private final Table table =
      new Table(
          "task type",
          "lane",
          "count",
          "processes",
          "from first to last",
          "per second",
          "one alone",
          "one after another");

  /**
   * @param alone how long a task of each type takes with nothing beside it
   */
  DemoReport(Cli cli, List<DemoWork> works, Map<String, Duration> alone, DemoBatch.Result result) {
    this.cli = cli;
    this.works = works;
    this.alone = alone;
    this.result = result;
  }

  /** Prints it all; returns the exit code. */
  int print(OutputFormat format, Map<String, URI> addresses) {
    long submitted = 0;
    Duration sum = Duration.ZERO;
    for (DemoWork work : works) {
      sum = sum.plus(row(work));
      submitted += work.count();
    }
    Duration wall = result.wall();
    table.row(
        "all",
        "",
        result.status().succeeded(),
        processes.size(),
        DurationText.of(wall),
        Progress.rate(result.status().succeeded(), wall),
        "",
        DurationText.of(sum));
    table.print(format, cli.out());
    cli.err().println();
    boolean exact = result.isExact(submitted);
    conclude(exact, submitted, sum);
    cli.settings()
        .find(StandardKeys.BROKER_MANAGEMENT_URI)
        .ifPresent(uri -> cli.say("RabbitMQ's own view: " + uri));
    addresses.forEach((name, uri) -> cli.say(name + ": " + uri));
    return exact ? ExitCodes.OK : ExitCodes.TASK_FAILED;
  }

  private Duration row(DemoWork work) {
    DemoTally tally = result.tallies().getOrDefault(work.type(), new DemoTally());
    Duration single = alone.getOrDefault(work.type(), Duration.ZERO);
    Duration all = single.multipliedBy(work.count());
    boolean works = !single.isZero();
    processes.addAll(tally.processes());
    table.row(
        work.type(),
        String.join(", ", tally.lanes()),
        tally.succeeded(),
        tally.processes().size(),
        DurationText.of(tally.wall()),
        Progress.rate(tally.succeeded(), tally.wall()),
        works ? DurationText.of(single) : "",
        works ? DurationText.of(all) : "");
    return all;
  }

  private void conclude(boolean exact, long submitted, Duration sum) {
    if (!exact) {
      result.tallies().values().stream()
          .filter(tally -> tally.failure() != null)
          .forEach(tally -> cli.say("not well: " + tally.failure()));
      cli.say(
          "of %,d tasks %,d succeeded; the batch is %s"
              .formatted(submitted, result.status().succeeded(), result.status().state().word()));
      return;
    }
    cli.say(
        String.format(
            Locale.ROOT,
            "%,d tasks in one batch, %,d succeeded, each with exactly one result in the gateway's"
                + " store, in %s: %.0f times as fast as one after another",
            submitted,
            result.status().succeeded(),
            DurationText.of(result.wall()),
            (double) sum.toNanos() / Math.max(1, result.wall().toNanos())));
    cli.say(
        "'one after another' is estimated from a few tasks of each type that ran alone; 'echo' does"
            + " no work");
    cli.say("who did it: " + String.join(", ", processes));
    cli.say("the batch: warren batch status " + result.status().id() + " (while the fleet is up)");
  }
}
