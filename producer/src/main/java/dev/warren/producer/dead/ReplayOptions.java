package dev.warren.producer.dead;

import dev.warren.engine.codec.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * How tasks are replayed.
 *
 * @param outcomeWanted whether the outcomes come back to this client
 * @param arguments what they get instead of their own arguments; null for their own
 */
public record ReplayOptions(boolean outcomeWanted, @Nullable JsonText arguments) {
  public static final ReplayOptions DEFAULT = new ReplayOptions(false, null);

  public ReplayOptions withOutcomeWanted(boolean wanted) {
    return new ReplayOptions(wanted, arguments);
  }

  public ReplayOptions withArguments(JsonText other) {
    return new ReplayOptions(outcomeWanted, other);
  }
}
