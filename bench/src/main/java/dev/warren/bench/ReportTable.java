package dev.warren.bench;

import java.util.Formatter;
import java.util.Locale;

/** A report for people. */
final class ReportTable {
  private static final String NO_PERF_TEST = "-";

  private final Report report;
  private final Formatter text = new Formatter(Locale.ROOT);

  private ReportTable(Report report) {
    this.report = report;
  }

  static String of(Report report) {
    ReportTable table = new ReportTable(report);
    table.heading();
    if (!report.rounds().isEmpty()) {
      table.rounds();
    }
    if (!report.latencies().isEmpty()) {
      table.latencies();
    }
    return table.text.toString();
  }

  private void heading() {
    Machine machine = report.machine();
    text.format("scenario  %s: %s%n", report.scenario(), report.setting());
    text.format("began     %s%n", report.began());
    text.format(
        "machine   %s, %d cores, %s%n", machine.processor(), machine.cores(), machine.system());
    text.format("java      %s%n", machine.java());
    text.format("broker    %s%n", report.broker());
    if (report.perfTest() != null) {
      text.format("PerfTest  %s%n", report.perfTest());
    }
    text.format(
        "load      %.2f before the start%s%n",
        machine.load(), machine.busy() ? "  THE MACHINE IS BUSY: figures are worth little" : "");
    text.format("%n");
  }

  private void rounds() {
    text.format(
        "%-6s | %9s %9s %9s %5s %5s | %-35s | %9s %9s | %-28s | %s%n",
        "",
        "Warren/s",
        "total/s",
        "count",
        "lost",
        "dup.",
        "cores: broker client worker",
        "PerfTest/s",
        "total/s",
        "cores: broker client",
        "ratio");
    report.rounds().forEach(this::round);
    text.format(
        "%-6s | %9.0f %9.0f %21s | %35s | %10.0f %9s | %28s | %s%n",
        "median",
        report.median(round -> round.warren().rate().steady()),
        report.median(round -> round.warren().rate().total()),
        "",
        "",
        report.median(Report.Round::perfTestSteady),
        "",
        "",
        ratio(report.median(Report.Round::ratio)));
    text.format("%n");
    text.format(
        "per second: from the first quarter of completions to the last; total: from the start.%n");
    text.format(
        "ratio: of the per-second rates, of the same round. (+x.xx): cores that others used.%n");
  }

  private void round(Report.Round round) {
    Load.Result warren = round.warren();
    Cores cores = round.warrenCores();
    text.format(
        "%-6d | %9.0f %9.0f %9d %5d %5s | %13.2f %6.2f %6.2f (+%.2f) | ",
        round.number(),
        warren.rate().steady(),
        warren.rate().total(),
        warren.rate().count(),
        warren.lost() + warren.failed(),
        round.duplicates() < 0 ? "?" : round.duplicates(),
        cores.broker(),
        cores.client(),
        cores.worker(),
        cores.others());
    PerfTest.Result other = round.perfTest();
    if (other == null) {
      text.format("%20s | %28s", NO_PERF_TEST, NO_PERF_TEST);
    } else {
      text.format(
          "%10.0f %9.0f | %13.2f %6.2f (+%.2f)",
          other.rate().steady(),
          other.rate().total(),
          other.cores().broker(),
          other.cores().client(),
          other.cores().others());
    }
    text.format(" | %s%n", ratio(round.ratio()));
  }

  private void latencies() {
    text.format(
        "%-6s | %6s | %8s %8s %8s %8s %8s ms | %7s %5s | %s%n",
        "",
        "per s",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "count",
        "lost",
        "cores: broker client worker");
    for (Report.LatencyRound round : report.latencies()) {
      Latency latency = round.warren().latency();
      Cores cores = round.warrenCores();
      text.format(
          "%-6d | %6d | %8.2f %8.2f %8.2f %8.2f %8.2f    | %7d %5d | %13.2f %6.2f %6.2f (+%.2f)%n",
          round.number(),
          round.perSecond(),
          latency.p50(),
          latency.p90(),
          latency.p99(),
          latency.p999(),
          latency.max(),
          latency.count(),
          round.warren().lost() + round.warren().failed(),
          cores.broker(),
          cores.client(),
          cores.worker(),
          cores.others());
    }
    text.format("%n");
    text.format(
        "From the moment a task was meant to be sent to its outcome at the submitter; the first%n");
    text.format("quarter of the tasks is left out. (+x.xx): cores that others used.%n");
  }

  private static String ratio(double ratio) {
    return ratio == 0 ? NO_PERF_TEST : String.format(Locale.ROOT, "%.2f", ratio);
  }
}
