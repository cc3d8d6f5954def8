package dev.warren.bench.lane;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import org.jspecify.annotations.Nullable;

/** Reads the check of readiness of a worker or gateway. */
final class Readiness {
  private Readiness() {}

  /** Why it is not ready; null if it is. */
  static @Nullable String trouble(String answer) {
    if (answer.isEmpty()) {
      return "it does not answer";
    }
    String reason =
        JsonCodec.tree(JsonText.of(answer), "a check of readiness").path("reason").asText();
    return reason.isEmpty() ? null : reason;
  }
}
