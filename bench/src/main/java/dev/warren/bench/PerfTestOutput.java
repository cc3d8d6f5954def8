package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PerfTest prints, as a rate of received messages. Tested with the output of PerfTest 2.22.1.
 *
 * <p>Its lines give a rate for each second; the steady rate is taken from them as {@link Rate}
 * defines it, as near as whole seconds allow.
 */
final class PerfTestOutput {
  private static final Pattern SECOND =
      Pattern.compile("time (\\d+(?:\\.\\d+)?) s,.* received: (\\d+) msg/s");
  private static final Pattern AVERAGE = Pattern.compile("receiving rate avg: (\\d+) msg/s");

  private record Point(double seconds, double received) {}

  private PerfTestOutput() {}

  /**
   * Reads the output of a finished run.
   *
   * @throws BenchException if it has no rates
   */
  static Rate rate(List<String> lines) {
    List<Point> points = new ArrayList<>();
    points.add(new Point(0, 0));
    double average = -1;
    for (String line : lines) {
      Matcher second = SECOND.matcher(line);
      if (second.find()) {
        Point before = points.getLast();
        double now = Double.parseDouble(second.group(1));
        double received = Double.parseDouble(second.group(2)) * (now - before.seconds());
        points.add(new Point(now, before.received() + received));
      }
      Matcher whole = AVERAGE.matcher(line);
      if (whole.find()) {
        average = Double.parseDouble(whole.group(1));
      }
    }
    Point last = points.getLast();
    if (average < 0 || last.seconds() == 0) {
      throw new BenchException(
          "PerfTest printed no rates; its last lines:\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size())));
    }
    return new Rate(Math.round(last.received()), steady(points), average);
  }

  private static double steady(List<Point> points) {
    Point last = points.getLast();
    for (Point point : points) {
      if (point.received() >= last.received() / 4 && point.seconds() < last.seconds()) {
        return (last.received() - point.received()) / (last.seconds() - point.seconds());
      }
    }
    return 0;
  }
}
