package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import dev.warren.api.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits between attempts as people write them: {@code 5s}, {@code 5s,2} or {@code 5s,2,1h}. */
public final class BackOffText {
  private BackOffText() {}

  /**
   * Reads the first wait, the factor and the longest wait; what is left out is as in {@link
   * RetryPolicy#DEFAULT}, but the longest wait is never below the first.
   *
   * @throws ConfigurationException if it is something else
   */
  public static RetryPolicy parse(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length > 3) {
      throw unreadable(text, null);
    }
    Duration initial = Durations.parse(parts[0].strip());
    Duration usual = RetryPolicy.DEFAULT.cap();
    Duration cap = initial.compareTo(usual) > 0 ? initial : usual;
    double factor = RetryPolicy.DEFAULT.factor();
    try {
      if (parts.length > 1) {
        factor = Double.parseDouble(parts[1].strip());
      }
    } catch (NumberFormatException noNumber) {
      throw unreadable(text, noNumber);
    }
    if (parts.length > 2) {
      cap = Durations.parse(parts[2].strip());
    }
    return RetryPolicy.DEFAULT.withBackOff(initial, factor, cap);
  }

  private static ConfigurationException unreadable(String text, @Nullable Throwable cause) {
    return new ConfigurationException(
        "'" + text + "' is no back-off: write first wait, factor, longest wait, as in 5s,2,1h",
        cause);
  }
}
