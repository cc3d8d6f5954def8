package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 10m}, {@code 1h30m}, or ISO 8601. */
public final class Durations {
  private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|[smhd])");
  private static final Pattern WHOLE = Pattern.compile("(\\d{1,12}(ms|[smhd]))+");

  private Durations() {}

  /** Reads a duration; one that is negative or has no unit is refused. */
  public static Duration parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.equals("0")) {
      return Duration.ZERO;
    }
    if (lower.startsWith("p")) {
      return parseIso(text.strip());
    }
    if (!WHOLE.matcher(lower).matches()) {
      throw refused(text);
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(lower);
    while (part.find()) {
      long amount = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
    }
    return sum;
  }

  /** Writes a duration so that {@link #parse} reads it: {@code 1h30m}. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toDaysPart(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? duration.toString() : text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(amount).append(unit);
    }
  }

  private static Duration parseIso(String text) {
    try {
      Duration duration = Duration.parse(text);
      if (duration.isNegative()) {
        throw refused(text);
      }
      return duration;
    } catch (DateTimeParseException malformed) {
      throw refused(text);
    }
  }

  private static ConfigurationException refused(String text) {
    return new ConfigurationException(
        "'" + text + "' is no duration: write a number with a unit, like 500ms, 10s, 1h30m or 2d");
  }
}
