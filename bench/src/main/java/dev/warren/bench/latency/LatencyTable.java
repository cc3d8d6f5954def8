package dev.warren.bench.latency;

import dev.warren.bench.Heading;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A report for people. */
final class LatencyTable {
  private static final String TITLES =
      "%8s %8s %8s %8s %8s | ".formatted("p50 ms", "p90", "p99", "p99.9", "max");

  private final LatencyReport report;
  private final Formatter text = new Formatter(Locale.ROOT);

  private LatencyTable(LatencyReport report) {
    this.report = report;
  }

  static String of(LatencyReport report) {
    LatencyTable table = new LatencyTable(report);
    table.heading();
    for (int load : report.loads()) {
      table.load(load);
    }
    table.notes();
    return table.text.toString();
  }

  private void heading() {
    text.format("scenario  %s: %s%n", report.scenario(), report.setting());
    Heading.add(text, report.began(), report.machine(), report.broker());
  }

  private void load(int load) {
    text.format(report.isOpen() ? "at %,d/s%n" : "%,d unfinished tasks at most%n", load);
    String title = report.isOpen() ? TITLES : "";
    text.format(
        "%-6s %-15s | %9s | %s%7s | %s%n",
        "round",
        "",
        "tasks/s",
        title,
        "missing",
        "us of processor time a task: broker client worker gateway (others' cores)");
    report.runs().stream().filter(run -> run.load() == load).forEach(this::run);
    report.sides().forEach(side -> median(load, side));
    List<String> sides = report.sides();
    for (int i = 0; i < sides.size(); i++) {
      // With the first one, and with the one whose results take the same ways as Warren's.
      if (i == 0 || sides.get(i).equals(LatencySide.HAND_TUNED_WAIT.word())) {
        for (String side : sides.subList(i + 1, sides.size())) {
          ratio(load, side, sides.get(i));
        }
      }
    }
    text.format("%n");
  }

  private void median(int load, String side) {
    text.format(
        "%-6s %-15s | %9.0f |",
        "median", side, report.median(load, side, LatencyReport.Run::perSecond));
    if (report.isOpen()) {
      text.format(
          " %8.2f %8.2f %8.2f %8.2f",
          report.median(load, side, run -> run.latency().p50()),
          report.median(load, side, run -> run.latency().p90()),
          report.median(load, side, run -> run.latency().p99()),
          report.median(load, side, run -> run.latency().p999()));
    }
    text.format("%n");
  }

  private void ratio(int load, String side, String to) {
    if (report.isOpen()) {
      text.format(
          "%s to %s, median of the rounds' ratios: p50 %.2f, p99 %.2f%n",
          side,
          to,
          report.ratio(load, side, to, run -> run.latency().p50()),
          report.ratio(load, side, to, run -> run.latency().p99()));
    } else {
      text.format(
          "%s to %s, median of the rounds' ratios: %.2f%n",
          side, to, report.ratio(load, side, to, LatencyReport.Run::perSecond));
    }
  }

  private void run(LatencyReport.Run run) {
    LatencyReport.Micros micros = run.micros();
    text.format(
        "%-6d %-15s | %9.0f | %s%7d | %6.1f %6.1f %6.1f %6.1f (+%.2f)%n",
        run.round(),
        run.side(),
        run.perSecond(),
        report.isOpen() ? millis(run.latency()) : "",
        run.missing(),
        micros.broker(),
        micros.client(),
        micros.worker(),
        micros.gateway(),
        run.others());
  }

  private static String millis(LatencyReport.Percentiles latency) {
    return String.format(
        Locale.ROOT,
        "%8.2f %8.2f %8.2f %8.2f %8.2f | ",
        latency.p50(),
        latency.p90(),
        latency.p99(),
        latency.p999(),
        latency.max());
  }

  private void notes() {
    if (report.isOpen()) {
      text.format("From the moment a task was meant to be sent to its outcome at the submitter.%n");
    }
    text.format(
        "hand-tuned: the AMQP client alone, quorum queues, a result confirmed before its task is%n"
            + "acknowledged; hand-tuned-wait: the same, but a result goes to a quorum queue that is"
            + "%nemptied and to a classic queue where the submitter hears it, as with stored;"
            + "%ncoalesced: up to 50 of its results in a message; warren: results to a classic"
            + " queue%nonly; stored: beside a gateway.%n");
  }
}
