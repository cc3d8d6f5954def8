package dev.warren.bench;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What PerfTest prints. Tested with the output of PerfTest 2.22.1. */
final class PerfTestOutput {
  private PerfTestOutput() {}

  /**
   * Messages that were received, or confirmed, in so many seconds.
   *
   * @param until the last of these seconds, from the start
   */
  record Received(long count, double seconds, double until) {}

  /** A line a second: the last one is for the last second, or for the one before it. */
  private static final double UNTOLD = 2;

  /**
   * What a run received once the warm-up had passed.
   *
   * @param counted what is counted, as PerfTest calls it: received or confirmed
   * @throws BenchException if it was cut short
   */
  static Received of(String counted, List<String> lines, Duration warmUp, Duration time) {
    Received received = after(counted, lines, warmUp);
    if (received.until() < warmUp.plus(time).toMillis() / 1e3 - UNTOLD) {
      throw new BenchException(
          "PerfTest was cut short after %.0f s:%n%s".formatted(received.until(), lastOf(lines)));
    }
    return received;
  }

  /**
   * What was counted in a run once a time had passed since its start, as near as its lines, one a
   * second, tell.
   *
   * @throws BenchException if there is nothing
   */
  static Received after(String counted, List<String> lines, Duration warmUp) {
    Pattern perSecond =
        Pattern.compile("time (\\d+(?:\\.\\d+)?) s,.* " + counted + ": (\\d+) msg/s");
    double before = 0;
    double count = 0;
    double began = -1;
    for (String line : lines) {
      Matcher second = perSecond.matcher(line);
      if (second.find()) {
        double now = Double.parseDouble(second.group(1));
        if (began < 0 && before >= warmUp.toMillis() / 1e3) {
          began = before;
        }
        if (began >= 0) {
          count += Double.parseDouble(second.group(2)) * (now - before);
        }
        before = now;
      }
    }
    if (began < 0 || count == 0) {
      throw new BenchException(
          "PerfTest tells of nothing " + counted + "; its last lines:\n" + lastOf(lines));
    }
    return new Received(Math.round(count), before - began, before);
  }

  private static String lastOf(List<String> lines) {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }
}
