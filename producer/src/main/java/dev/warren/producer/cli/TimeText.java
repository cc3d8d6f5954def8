package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Durations;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

/** Points in time as people write them. */
final class TimeText {
  private TimeText() {}

  /**
   * Reads {@code 2026-11-22T10:00:00Z}, {@code 2026-11-22T10:00} or {@code 10:00} (the next one),
   * the last two in the clock's zone.
   */
  static Instant parse(String text, Clock clock) {
    try {
      if (text.endsWith("Z") || text.matches(".*T.*[+-]\\d\\d:?\\d\\d")) {
        return OffsetDateTime.parse(text).toInstant();
      }
      if (text.contains("T")) {
        return LocalDateTime.parse(text).atZone(clock.getZone()).toInstant();
      }
      LocalTime time = LocalTime.parse(text);
      ZonedDateTime now = ZonedDateTime.now(clock);
      LocalDate day =
          time.isAfter(now.toLocalTime()) ? now.toLocalDate() : now.toLocalDate().plusDays(1);
      return day.atTime(time).atZone(clock.getZone()).toInstant();
    } catch (DateTimeException unreadable) {
      throw new ConfigurationException(
          "'"
              + text
              + "' is no time: write 2026-11-22T10:00:00Z, or 2026-11-22T10:00 or 10:00 in your own"
              + " time zone",
          unreadable);
    }
  }

  /** A time, or a duration from now. */
  static Instant parseOrAfter(String text, Clock clock) {
    boolean time = text.contains(":");
    return time ? parse(text, clock) : clock.instant().plus(Durations.parse(text));
  }
}
