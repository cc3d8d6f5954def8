package dev.warren.engine.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * How far an attempt is, in its own words.
 *
 * @param fraction from 0 to 1; what lies outside is set to the nearer end, what is no number to 0
 * @param message for people; at most 200 characters are kept
 * @param at when it was said
 */
public record Progress(double fraction, String message, Instant at) {
  private static final int LONGEST = 200;

  public Progress {
    Objects.requireNonNull(at, "at");
    fraction = Double.isNaN(fraction) ? 0 : Math.clamp(fraction, 0, 1);
    message = shortened(Objects.requireNonNullElse(message, ""));
  }

  private static String shortened(String text) {
    String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    // Half a surrogate pair cannot be written as UTF-8.
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
