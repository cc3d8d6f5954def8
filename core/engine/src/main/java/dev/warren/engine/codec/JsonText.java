package dev.warren.engine.codec;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON value as it travels: UTF-8 bytes that are not parsed before somebody needs them.
 * Immutable.
 */
public final class JsonText {
  public static final JsonText NULL = of("null");
  public static final JsonText EMPTY_OBJECT = of("{}");

  private final byte[] bytes;

  private JsonText(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps bytes that nobody changes afterwards; they are not copied. */
  public static JsonText wrap(byte[] bytes) {
    return new JsonText(bytes);
  }

  public static JsonText of(String text) {
    return new JsonText(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, not a copy: they must not be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonText text && Arrays.equals(bytes, text.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The JSON itself. */
  @Override
  @JsonValue
  @JsonRawValue
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
