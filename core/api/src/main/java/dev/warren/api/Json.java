package dev.warren.api;

import java.util.Objects;

/**
 * A JSON value as it stands in its message, for tasks that pass on what they are given: no number
 * is rounded or written in another way, as happens to one that becomes a {@code double} in between.
 * Arguments or a result as a whole, or a component of a record.
 *
 * @param text exactly one JSON value; if it is none, the attempt or submission that writes it fails
 */
public record Json(String text) {
  public Json {
    Objects.requireNonNull(text, "text");
  }

  @Override
  public String toString() {
    return text;
  }
}
