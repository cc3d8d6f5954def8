package dev.warren.bench;

import java.util.Locale;

/** A report for people. */
final class ReportTable {
  private static final String NO_PERF_TEST = "-";

  private final Report report;
  private final StringBuilder text = new StringBuilder();

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
    line("scenario  %s: %s", report.scenario(), report.setting());
    line("began     %s", report.began());
    line("machine   %s, %d cores, %s", machine.processor(), machine.cores(), machine.system());
    line("java      %s", machine.java());
    line("broker    %s", report.broker());
    if (report.perfTest() != null) {
      line("PerfTest  %s", report.perfTest());
    }
    line(
        "load      %.2f before the start%s",
        machine.load(), machine.busy() ? "  THE MACHINE IS BUSY: figures are worth little" : "");
    line("");
  }

  private void rounds() {
    line(
        "%-6s | %9s %9s %9s %5s %5s | %-27s | %9s %9s | %-20s | %s",
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
    for (Report.Round round : report.rounds()) {
      Load.Result warren = round.warren();
      Cores cores = round.warrenCores();
      PerfTest.Result perfTest = round.perfTest();
      line(
          "%-6d | %9.0f %9.0f %9d %5d %5s | %s | %s | %s | %s",
          round.number(),
          warren.rate().steady(),
          warren.rate().total(),
          warren.rate().count(),
          warren.lost() + warren.failed(),
          round.duplicates() < 0 ? "?" : round.duplicates(),
          "%13.2f %6.2f %6.2f".formatted(cores.broker(), cores.client(), cores.worker())
              + others(cores),
          perfTest == null
              ? "%20s".formatted(NO_PERF_TEST)
              : "%10.0f %9.0f".formatted(perfTest.rate().steady(), perfTest.rate().total()),
          perfTest == null
              ? "%20s".formatted(NO_PERF_TEST)
              : "%13.2f %6.2f".formatted(perfTest.cores().broker(), perfTest.cores().client())
                  + others(perfTest.cores()),
          ratio(round.ratio()));
    }
    line(
        "%-6s | %9.0f %9.0f %21s | %27s | %10.0f %9s | %20s | %s",
        "median",
        report.median(round -> round.warren().rate().steady()),
        report.median(round -> round.warren().rate().total()),
        "",
        "",
        report.median(Report.Round::perfTestSteady),
        "",
        "",
        ratio(report.median(Report.Round::ratio)));
    line("");
    line("per second: from the first quarter of completions to the last; total: from the start.");
    line("ratio: of the per-second rates, of the same round. (+x.xx): cores that others used.");
  }

  private void latencies() {
    line(
        "%-6s | %6s | %8s %8s %8s %8s %8s ms | %7s %5s | %s",
        "", "per s", "p50", "p90", "p99", "p99.9", "max", "count", "lost",
        "cores: broker client worker");
    for (Report.LatencyRound round : report.latencies()) {
      Latency latency = round.warren().latency();
      Cores cores = round.warrenCores();
      line(
          "%-6d | %6d | %8.2f %8.2f %8.2f %8.2f %8.2f    | %7d %5d | %13.2f %6.2f %6.2f%s",
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
          others(cores));
    }
    line("");
    line("From the moment a task was meant to be sent to its outcome at the submitter; the first");
    line("quarter of the tasks is left out. (+x.xx): cores that others used.");
  }

  private static String others(Cores cores) {
    return String.format(Locale.ROOT, " (+%.2f)", cores.others());
  }

  private static String ratio(double ratio) {
    return ratio == 0 ? NO_PERF_TEST : String.format(Locale.ROOT, "%.2f", ratio);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
