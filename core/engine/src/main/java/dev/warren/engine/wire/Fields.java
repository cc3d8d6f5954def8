package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Typed access to the headers of a message, which any program may have written. */
record Fields(Map<String, Object> headers) {
  /** Headers that are read and written anew; the version is not: what is copied stays as new. */
  static final Set<String> KNOWN =
      Set.of(
          Headers.GENERATION,
          Headers.ATTEMPT,
          Headers.MAX_ATTEMPTS,
          Headers.BACK_OFF,
          Headers.TIME_LIMIT,
          Headers.DUE_AT,
          Headers.EXPIRES_AT,
          Headers.BATCH,
          Headers.BATCH_INDEX,
          Headers.PARENT,
          Headers.FIRST_ATTEMPT_AT,
          Headers.LAST_ERROR,
          Headers.STORY,
          Headers.DEAD_REASON,
          Headers.DEAD_AT,
          Headers.DEAD_STACK);

  static Fields of(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    return new Fields(headers == null ? Map.of() : headers);
  }

  static boolean isScalar(@Nullable Object value) {
    return value instanceof CharSequence
        || value instanceof Number
        || value instanceof Boolean
        // The AMQP client reads text as its own LongString, which is no CharSequence.
        || value instanceof com.rabbitmq.client.LongString;
  }

  @Nullable String text(String name) {
    Object value = headers.get(name);
    if (value == null) {
      return null;
    }
    if (!isScalar(value)) {
      throw new CodecException("header " + name + " is no text");
    }
    return value.toString();
  }

  /** A text that nothing depends on: what is no text counts as absent. */
  @Nullable String anyText(String name) {
    Object value = headers.get(name);
    return isScalar(value) ? String.valueOf(value) : null;
  }

  /** A text that must not be empty nor longer than {@code longest} characters. */
  @Nullable String text(String name, int longest) {
    String value = text(name);
    if (value != null && (value.isEmpty() || value.length() > longest)) {
      throw new CodecException(
          "header "
              + name
              + " has "
              + value.length()
              + " characters; 1 to "
              + longest
              + " are allowed");
    }
    return value;
  }

  @Nullable Long number(String name) {
    Object value = headers.get(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number) {
      return number.longValue();
    }
    try {
      return Long.valueOf(value.toString());
    } catch (NumberFormatException malformed) {
      throw new CodecException("header " + name + " is no number: " + value, malformed);
    }
  }

  @Nullable Integer integer(String name) {
    Long value = number(name);
    if (value == null) {
      return null;
    }
    if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
      throw new CodecException("header " + name + " is out of range: " + value);
    }
    return value.intValue();
  }

  int integer(String name, int absent) {
    Integer value = integer(name);
    return value == null ? absent : value;
  }

  @Nullable Instant time(String name) {
    Long millis = number(name);
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
