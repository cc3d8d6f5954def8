package dev.warren.bench.lane;

import dev.warren.bench.Machine;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The comparison as a picture: an SVG that is readable on light and on dark pages. */
final class LanesPlot {
  private static final int WIDTH = 900;
  private static final int MARGIN = 24;
  private static final int ROW = 24;
  private static final int BAR = 15;
  private static final int LEFT = 100;
  private static final int BARS = 440;
  private static final int HANGS = 350;
  private static final int AFTER_HANGS = LEFT + HANGS + 16;
  private static final int MOST_LETTERS = 120;

  /** Beyond the last event of a hang, so that what goes on for ever is seen to go on. */
  private static final double ROOM = 1.25;

  private static final String STYLE =
      """
      <style>
        text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
        .page { fill: #ffffff } .title { font-size: 18px; font-weight: 600 }
        .kind { font-size: 14px; font-weight: 600 } .muted { fill: #59636e } .lane { text-anchor: end }
        .whole { fill: #c9ddf2 } .busy { fill: #2f6db5 } .held { fill: #e0b252 }
        .lost { fill: #cf4a3f } .idle { stroke: #cf4a3f; stroke-width: 2; stroke-dasharray: 2 4 }
        .limit { stroke: #59636e; stroke-width: 1; stroke-dasharray: 4 3 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .page { fill: #0d1117 } .muted { fill: #9198a1 }
          .whole { fill: #23415f } .busy { fill: #63a6ea } .held { fill: #b98d33 }
          .lost { fill: #e5695f } .idle { stroke: #e5695f } .limit { stroke: #9198a1 }
        }
      </style>
      """;

  private final LanesReport report;
  private final StringBuilder svg = new StringBuilder();
  private int y = MARGIN;

  private LanesPlot(LanesReport report) {
    this.report = report;
  }

  static String of(LanesReport report) {
    LanesPlot plot = new LanesPlot(report);
    plot.head();
    for (LaneWork work : LaneWork.values()) {
      plot.work(work);
    }
    plot.hangsHead();
    for (LaneHang hang : LaneHang.values()) {
      plot.hangs(hang);
    }
    int height = plot.y + MARGIN / 2;
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
    <title>The same work in each lane, and a task that does not end</title>
    %3$s<rect class="page" width="%1$d" height="%2$d"/>
    %4$s</svg>
    """
        .formatted(WIDTH, height, STYLE, plot.svg);
  }

  private void head() {
    y += 12;
    text("title", MARGIN, "The same work in each lane");
    y += 22;
    Machine machine = report.machine();
    text(
        "muted",
        MARGIN,
        "Bar: until all was done. In full colour: how much of the %d cores it kept busy."
                .formatted(machine.cores())
            + " Memory is that of the lane's processes together.");
    y += 18;
    text(
        "muted",
        MARGIN,
        HangWords.shortened(
            "%s, %d cores; Java %s; %s"
                .formatted(machine.processor(), machine.cores(), java(machine), report.broker()),
            MOST_LETTERS));
  }

  /** As "25.0.3": the name of the JVM is long. */
  private static String java(Machine machine) {
    String version = machine.java().substring(machine.java().lastIndexOf(' ') + 1);
    return version.split("[+-]", 2)[0];
  }

  private void work(LaneWork work) {
    y += 34;
    text("kind", MARGIN, work.title() + ": " + report.plan().words(work));
    double longest =
        report.work().stream()
            .filter(one -> one.work() == work)
            .map(one -> one.usage().seconds())
            .max(Comparator.naturalOrder())
            .orElse(1.0);
    y += 8;
    for (DemoLane lane : report.plan().lanes()) {
      lane(lane);
      Optional<LanesReport.Cell> cell = report.cell(lane, work);
      if (cell.isEmpty()) {
        text("muted", LEFT, "it would hold up an event loop");
      } else {
        TreeMeter.Usage usage = cell.get().usage();
        double width = BARS * usage.seconds() / longest;
        double share = Math.min(1, usage.cores() / report.machine().cores());
        bar("whole", LEFT, width);
        bar("busy", LEFT, width * share);
        text(
            "",
            LEFT + width + 8,
            String.format(
                Locale.ROOT,
                "%.2f s, %.2f cores, %.0f MiB",
                usage.seconds(),
                usage.cores(),
                usage.mebibytes()));
      }
    }
  }

  private void hangsHead() {
    y += 48;
    text("title", MARGIN, "A task that does not end");
    y += 22;
    text(
        "muted",
        MARGIN,
        String.format(
            Locale.ROOT,
            "Its time limit is %s s (the dashed line); then it has %s s to stop. Bar: until the"
                + " lane ran as many tasks at once as before.",
            seconds(report.plan().timeLimit().toMillis()),
            seconds(report.plan().stopGrace().toMillis())));
  }

  private void hangs(LaneHang hang) {
    y += 34;
    text("kind", MARGIN, "One that " + hang.title());
    double limit = report.plan().timeLimit().toMillis() / 1e3;
    double longest =
        ROOM
            * report.hangs().stream()
                .flatMap(one -> one.freeAfter().stream())
                .max(Comparator.naturalOrder())
                .orElse(limit);
    y += 8;
    int top = y + 4;
    for (DemoLane lane : report.plan().lanes()) {
      report.hang(lane, hang).ifPresent(one -> hang(one, longest));
    }
    double x = LEFT + HANGS * limit / longest;
    svg.append(
        String.format(Locale.ROOT, "<path class=\"limit\" d=\"M%.1f %dV%d\"/>%n", x, top, y + 8));
  }

  private void hang(LanesReport.Hang hang, double longest) {
    lane(hang.lane());
    double width = HANGS * Math.min(1, hang.freeAfter().orElse(longest) / longest);
    bar(hang.freeAfter().isPresent() ? "held" : "lost", LEFT, width);
    if (HangWords.burns(hang)) {
      bar("lost", LEFT + width, HANGS - width);
    } else if (hang.stuck() > 0) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"idle\" d=\"M%.1f %dH%d\"/>%n",
              LEFT + width + 2,
              y - BAR / 3,
              LEFT + HANGS));
    }
    text("", AFTER_HANGS, words(hang));
  }

  private static String words(LanesReport.Hang hang) {
    String free =
        hang.freeAfter()
            .map(after -> String.format(Locale.ROOT, "%.1f s", after))
            .orElse("until it is restarted");
    String neighbours =
        hang.neighbours().allSucceeded()
            ? "neighbours done"
            : "%d of %d neighbours"
                .formatted(hang.neighbours().succeeded(), hang.neighbours().submitted());
    String left = HangWords.leftBehind(hang);
    return String.join(", ", free, neighbours, left.equals("nothing") ? "nothing left" : left);
  }

  private void lane(DemoLane lane) {
    y += ROW;
    text("lane", LEFT - 10, lane.word());
  }

  private void bar(String kind, double x, double width) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
            kind,
            x,
            y - BAR + 3,
            Math.max(1, width),
            BAR));
  }

  private void text(String kind, double x, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>%n",
            kind,
            x,
            y,
            escaped(words)));
  }

  private static String seconds(long millis) {
    return millis % 1_000 == 0
        ? Long.toString(millis / 1_000)
        : String.format(Locale.ROOT, "%.1f", millis / 1e3);
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
