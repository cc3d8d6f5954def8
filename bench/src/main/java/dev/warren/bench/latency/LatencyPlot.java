package dev.warren.bench.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Latency by percentile as a picture: an SVG that is readable on light and on dark pages. Both axes
 * are logarithmic, that of percentiles by what is left to 100.
 */
final class LatencyPlot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int RIGHT = 150;
  private static final int TOP = 66;
  private static final int BOTTOM = 48;
  private static final double LAST = 99.99;
  private static final double[] TICKS = {0, 50, 90, 99, 99.9, 99.99};

  private static final String STYLE =
      """
      <style>
        text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
        .page { fill: #ffffff } .title { font-size: 18px; font-weight: 600 }
        .muted { fill: #59636e } .left { text-anchor: end } .middle { text-anchor: middle }
        .grid { stroke: #d1d9e0; stroke-width: 1 } path { fill: none; stroke-width: 2.5 }
        .side0 { stroke: #59636e } .side1 { stroke: #2f6db5 } .side2 { stroke: #b26a00 }
        .side3 { stroke: #1a7f37 } .side4 { stroke: #8250df }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .page { fill: #0d1117 } .muted { fill: #9198a1 }
          .grid { stroke: #3d444d } .side0 { stroke: #9198a1 } .side1 { stroke: #63a6ea }
          .side2 { stroke: #e0b252 } .side3 { stroke: #3fb950 } .side4 { stroke: #ab7df8 }
        }
      </style>
      """;

  private final LatencyReport report;
  private final int load;
  private final StringBuilder svg = new StringBuilder();
  private final double least;
  private final double most;

  private LatencyPlot(LatencyReport report, int load) {
    this.report = report;
    this.load = load;
    List<Double> all = new ArrayList<>();
    for (String side : report.sides()) {
      curve(side).forEach(point -> all.add(Math.max(0.01, point.millis())));
    }
    least = decade(all.stream().mapToDouble(Double::doubleValue).min().orElse(1), false);
    most = decade(all.stream().mapToDouble(Double::doubleValue).max().orElse(10), true);
  }

  private static double decade(double millis, boolean up) {
    double exponent = Math.log10(millis);
    return Math.pow(10, up ? Math.floor(exponent) + 1 : Math.floor(exponent));
  }

  /** The picture of one rate; each point is the median of the rounds. */
  static String of(LatencyReport report, int load) {
    LatencyPlot plot = new LatencyPlot(report, load);
    plot.axes();
    int number = 0;
    for (String side : report.sides()) {
      plot.line(side, number++);
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
    <title>From submission to outcome at %3$,d tasks a second</title>
    %4$s<rect class="page" width="%1$d" height="%2$d"/>
    %5$s</svg>
    """
        .formatted(WIDTH, HEIGHT, load, STYLE, plot.svg);
  }

  /** Medians of the rounds. */
  private List<LatencyReport.Point> curve(String side) {
    List<LatencyReport.Point> points = new ArrayList<>();
    List<LatencyReport.Run> runs = report.of(load, side);
    if (!runs.isEmpty()) {
      for (int i = 0; i < runs.getFirst().latency().curve().size(); i++) {
        int index = i;
        points.add(
            new LatencyReport.Point(
                runs.getFirst().latency().curve().get(i).percent(),
                report.median(load, side, run -> run.latency().curve().get(index).millis())));
      }
    }
    return points;
  }

  private void axes() {
    text("title", LEFT, 30, "From submission to outcome at %,d tasks a second".formatted(load));
    text("muted", LEFT, 50, "milliseconds by percentile, medians of the rounds");
    for (double millis = least; millis <= most * 1.001; millis *= 10) {
      grid(LEFT, y(millis), WIDTH - RIGHT, y(millis));
      text(
          "muted left",
          LEFT - 8,
          y(millis) + 4,
          millis < 1
              ? String.format(Locale.ROOT, "%.2f", millis).replaceAll("0$", "")
              : String.format(Locale.ROOT, "%,.0f", millis));
    }
    for (double percent : TICKS) {
      grid(x(percent), y(least), x(percent), TOP);
      String label = percent == 0 ? "least" : "p" + percent;
      text("muted middle", x(percent), HEIGHT - BOTTOM + 22, label.replaceAll("\\.0$", ""));
    }
  }

  private void line(String side, int number) {
    StringBuilder path = new StringBuilder();
    double lastX = LEFT;
    double lastY = TOP;
    for (LatencyReport.Point point : curve(side)) {
      lastX = x(point.percent());
      lastY = y(Math.max(0.01, point.millis()));
      path.append(
          String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", lastX, lastY));
    }
    svg.append("<path class=\"side").append(number).append("\" d=\"").append(path).append("\"/>\n");
    // In a legend: lines may end at the same place.
    double y = TOP + 10 + 24.0 * number;
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"side%d\" d=\"M%d %.1fh22\"/>%n",
            number,
            WIDTH - RIGHT + 16,
            y - 4));
    text("", WIDTH - RIGHT + 46, y, side);
  }

  private static double x(double percent) {
    double share = Math.log10(100 / (100 - Math.min(LAST, percent))) / 4;
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double millis) {
    double share = Math.log10(millis / least) / Math.log10(most / least);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private void grid(double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
            x1,
            y1,
            x2,
            y2));
  }

  private void text(String kind, double x, double y, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
            kind,
            x,
            y,
            words));
  }
}
