package dev.warren.producer.cli;

import java.time.Duration;
import java.util.Locale;

/** Measured times, rounded for people. */
final class DurationText {
  private DurationText() {}

  /** The one or two largest units: {@code 850ms}, {@code 4.2s}, {@code 3m12s}, {@code 2d5h}. */
  static String of(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 1_000) {
      return millis + "ms";
    }
    if (millis < 60_000) {
      String text = String.format(Locale.ROOT, "%.1fs", millis / 1_000.0);
      return text.endsWith(".0s") ? text.replace(".0s", "s") : text;
    }
    Duration whole = Duration.ofMillis(millis);
    if (whole.toHours() < 1) {
      return pair(whole.toMinutes(), "m", whole.toSecondsPart(), "s");
    }
    if (whole.toDays() < 1) {
      return pair(whole.toHours(), "h", whole.toMinutesPart(), "m");
    }
    return pair(whole.toDays(), "d", whole.toHoursPart(), "h");
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    return large + largeUnit + (small == 0 ? "" : small + smallUnit);
  }
}
