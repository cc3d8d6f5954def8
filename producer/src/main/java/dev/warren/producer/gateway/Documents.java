package dev.warren.producer.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.CodecException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the fields of what a gateway answers. */
final class Documents {
  private Documents() {}

  static String text(JsonNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null || !value.isTextual()) {
      throw new CodecException("the gateway's answer has no '" + field + "'");
    }
    return value.asText();
  }

  static <E extends Enum<E>> E choice(JsonNode json, String field, Class<E> constants) {
    String word = text(json, field);
    try {
      return Enum.valueOf(constants, word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException newer) {
      throw new CodecException(
          "the gateway answers " + field + " '" + word + "', which this version does not know",
          newer);
    }
  }

  static @Nullable Instant time(JsonNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    try {
      return Instant.parse(value.asText());
    } catch (DateTimeException unreadable) {
      throw new CodecException(
          "the gateway's answer has a '" + field + "' that is no time: " + value, unreadable);
    }
  }
}
