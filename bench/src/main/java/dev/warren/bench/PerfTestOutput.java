package dev.warren.bench;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What PerfTest prints. Tested with the output of PerfTest 2.22.1. */
final class PerfTestOutput {
  private static final Pattern SECOND =
      Pattern.compile("time (\\d+(?:\\.\\d+)?) s,.* received: (\\d+) msg/s");

  private PerfTestOutput() {}

  /** Messages that were received in so many seconds. */
  record Received(long count, double seconds) {}

  /**
   * What a finished run received once a time had passed since its start, as near as its lines, one
   * a second, tell.
   *
   * @throws BenchException if there is nothing
   */
  static Received after(List<String> lines, Duration warmUp) {
    double before = 0;
    double count = 0;
    double began = -1;
    for (String line : lines) {
      Matcher second = SECOND.matcher(line);
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
          "PerfTest received nothing; its last lines:\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size())));
    }
    return new Received(Math.round(count), before - began);
  }
}
