package dev.warren.producer.dead;

import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Which letters of which boxes.
 *
 * @param stopped asked before each letter: whether to end early, in good order
 */
public record LetterQuery(List<LetterBox> boxes, LetterFilter filter, BooleanSupplier stopped) {
  public LetterQuery {
    boxes = List.copyOf(boxes);
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(stopped, "stopped");
  }

  public static LetterQuery of(List<LetterBox> boxes, LetterFilter filter) {
    return new LetterQuery(boxes, filter, () -> false);
  }

  /** With something that can end it early. */
  public LetterQuery until(BooleanSupplier stop) {
    return new LetterQuery(boxes, filter, stop);
  }
}
