package dev.warren.bench.lane;

import dev.warren.bench.Machine;
import java.util.Formatter;
import java.util.Locale;

/** The comparison for people. */
final class LanesTable {
  private static final int WORDS = 80;

  private final LanesReport report;
  private final Formatter text = new Formatter(Locale.ROOT);

  private LanesTable(LanesReport report) {
    this.report = report;
  }

  static String of(LanesReport report) {
    LanesTable table = new LanesTable(report);
    table.head();
    for (LaneWork work : LaneWork.values()) {
      table.work(work);
    }
    table.hangsTitle();
    for (LaneHang hang : LaneHang.values()) {
      table.hangs(hang);
    }
    table.end();
    return table.text.toString();
  }

  private void head() {
    Machine machine = report.machine();
    text.format(
        "The same work in each lane. %s, %d cores; %s; %s.%n",
        machine.processor(), machine.cores(), machine.java(), report.broker());
    if (machine.busy()) {
      text.format(
          "THE MACHINE IS BUSY (load %.1f before the start): figures are worth little.%n",
          machine.load());
    }
    text.format("%n");
    for (DemoLane lane : report.plan().lanes()) {
      text.format(
          "  %-8s  %s, %s%n",
          lane.word(),
          lane.description(),
          lane == DemoLane.ASYNC
              ? report.plan().places() + " of them"
              : report.plan().places(lane) + " tasks at once");
    }
  }

  private void work(LaneWork work) {
    text.format("%n%s: %s%n", work.title(), report.plan().words(work));
    text.format(
        "  %-8s  %10s  %10s  %10s  %10s  %10s%n",
        "", "time", "tasks/s", "CPU time", "cores busy", "memory");
    for (DemoLane lane : report.plan().lanes()) {
      report
          .cell(lane, work)
          .ifPresentOrElse(
              this::cell,
              () ->
                  text.format("  %-8s  %10s  it would hold up an event loop%n", lane.word(), "-"));
    }
  }

  private void cell(LanesReport.Cell cell) {
    TreeMeter.Usage usage = cell.usage();
    text.format(
        "  %-8s  %8.2f s  %10.1f  %8.2f s  %10.2f  %6.0f MiB%s%n",
        cell.lane().word(),
        usage.seconds(),
        cell.perSecond(),
        usage.cpuSeconds(),
        usage.cores(),
        usage.mebibytes(),
        cell.tasks().allSucceeded()
            ? ""
            : "  %d FAILED, %d LOST".formatted(cell.tasks().failed(), cell.tasks().lost()));
  }

  private void hangsTitle() {
    text.format(
        "%nA task that does not end: its time limit is %.1f s, then it has %.1f s to stop%n",
        report.plan().timeLimit().toMillis() / 1e3, report.plan().stopGrace().toMillis() / 1e3);
  }

  private void hangs(LaneHang hang) {
    text.format("%n  one that %s%n", hang.title());
    text.format(
        "  %-8s  %-14s  %-20s  %-28s  %s%n",
        "", "all places", "its 20 neighbours", "left behind", "the outcome");
    for (DemoLane lane : report.plan().lanes()) {
      report.hang(lane, hang).ifPresent(this::hang);
    }
  }

  private void hang(LanesReport.Hang hang) {
    text.format(
        "  %-8s  %-14s  %-20s  %-28s  %s%n",
        hang.lane().word(),
        hang.freeAfter().map(after -> String.format(Locale.ROOT, "%.1f s", after)).orElse("never"),
        String.format(
            Locale.ROOT,
            "%d done in %.1f s",
            hang.neighbours().succeeded(),
            hang.neighboursSeconds()),
        HangWords.leftBehind(hang),
        HangWords.shortened(HangWords.outcome(hang), WORDS));
    if (hang.lost() > 0) {
      text.format("  %-8s  %d TASKS LOST%n", "", hang.lost());
    } else if (hang.afterRestart() > 0) {
      text.format(
          "  %-8s  %d tasks ended only after it had been killed and started anew; none was lost%n",
          "", hang.afterRestart());
    }
  }

  private void end() {
    text.format(
        "%nTime is from the first submission to the last outcome; CPU time and memory are those of"
            + " the%nlane's program and its children together. \"All places\": when the lane ran as"
            + " many tasks at%nonce as before. %s All of it took %.0f s.%n",
        report.wrong() == 0 ? "No task was lost." : "TASKS WERE LOST OR FAILED.", report.seconds());
  }
}
