package dev.warren.producer.dead;

import java.util.Objects;

/**
 * How many letters lie in a box.
 *
 * @param letters those that can be looked at now
 * @param lookedAt whether somebody else looks at it now, who holds letters that are not counted
 */
public record BoxDepth(LetterBox box, long letters, boolean lookedAt) {
  public BoxDepth {
    Objects.requireNonNull(box, "box");
  }
}
