package dev.warren.bench.lane;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a hang has come to, in few words. */
final class HangWords {
  /** Less than this of a core may be what a JVM does that has just begun. */
  private static final double IDLE = 0.3;

  /** How outcomes begin: it names the task, which nobody knows here. */
  private static final Pattern NAMED =
      Pattern.compile("^(\\w+: )?attempt \\d+ of task \\S+( \\(\\S+\\))? ");

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
    String said = NAMED.matcher(line).replaceFirst("");
    String end = said.substring(said.lastIndexOf(": ") < 0 ? 0 : said.lastIndexOf(": ") + 2);
    return end.isEmpty() ? hang.outcome() : hang.outcome() + ": " + end;
  }

  static String shortened(String words, int most) {
    String line = words.lines().findFirst().orElse("");
    return line.length() <= most ? line : line.substring(0, most - 1) + "…";
  }
}
