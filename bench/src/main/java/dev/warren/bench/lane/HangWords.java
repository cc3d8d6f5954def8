package dev.warren.bench.lane;

import java.util.Locale;

/** What a hang has come to, in few words. */
final class HangWords {
  /** Less than this of a core is what an idle JVM needs. */
  private static final double IDLE = 0.1;

  private HangWords() {}

  /** Whether the task goes on to compute. */
  static boolean burns(LanesReport.Hang hang) {
    return hang.coresAfterwards() >= IDLE;
  }

  static String leftBehind(LanesReport.Hang hang) {
    if (burns(hang)) {
      return String.format(Locale.ROOT, "%.1f cores busy for ever", hang.coresAfterwards());
    }
    return hang.stuck() > 0 ? hang.stuck() + " thread for ever" : "nothing";
  }

  /** How the task ended, and the end of what its outcome says: the beginning names the task. */
  static String outcome(LanesReport.Hang hang) {
    String line = hang.failure().lines().findFirst().orElse("");
    String end = line.substring(line.lastIndexOf(": ") < 0 ? 0 : line.lastIndexOf(": ") + 2);
    return end.isEmpty() ? hang.outcome() : hang.outcome() + ": " + end;
  }

  static String shortened(String words, int most) {
    String line = words.lines().findFirst().orElse("");
    return line.length() <= most ? line : line.substring(0, most - 1) + "…";
  }
}
