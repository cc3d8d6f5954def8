package dev.warren.worker.supervise;

import dev.warren.api.ConfigurationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many processes a worker program runs: {@code 4}, or from a least to a most number of them,
 * {@code 1..8}, as there is work. A single one has a supervisor only if it is written as a range.
 *
 * @param supervised whether the processes are children of a supervisor
 */
public record ProcessRange(int min, int max, boolean supervised) {
  /** The most processes of a program. */
  public static final int MOST = 1_000;

  /** How a range is written. */
  public static final String FORM = "N|MIN..MAX";

  private static final Pattern RANGE =
      Pattern.compile("\\s*(\\d{1,4})\\s*(?:\\.\\.\\s*(\\d{1,4})\\s*)?");

  public ProcessRange {
    if (min < 1 || max < min || max > MOST) {
      throw new ConfigurationException(
          "'" + min + ".." + max + "' processes: from 1 to " + MOST + ", the smaller number first");
    }
  }

  /** Always so many; one of them alone has no supervisor. */
  public static ProcessRange of(int number) {
    return new ProcessRange(number, number, number > 1);
  }

  /** Reads {@code 4} or {@code 1..8}. */
  public static ProcessRange parse(String text) {
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      throw new ConfigurationException(
          "'" + text + "' is neither a number of processes nor a range of them like 1..8");
    }
    int min = Integer.parseInt(range.group(1));
    return range.group(2) == null
        ? of(min)
        : new ProcessRange(min, Integer.parseInt(range.group(2)), true);
  }

  /** Whether the number changes with the work. */
  public boolean scales() {
    return max > min;
  }

  @Override
  public String toString() {
    return scales() ? min + ".." + max : String.valueOf(min);
  }
}
