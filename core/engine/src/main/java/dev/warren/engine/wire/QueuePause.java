package dev.warren.engine.wire;

import dev.warren.api.Names;
import java.time.Instant;
import java.util.Objects;

/**
 * An entry of {@code warren.cancellations}: from now on nobody is to take tasks of a queue, or
 * everybody again. Of several entries for a queue the last one in the stream counts.
 *
 * @param paused whether the queue is paused or resumed
 * @param at when it was asked for
 * @param by who asked, for people; may be empty
 */
public record QueuePause(String queue, boolean paused, Instant at, String by) {
  /** Characters of {@code by} at most. */
  public static final int LONGEST_BY = 200;

  public QueuePause {
    Names.requireQueue(queue);
    Objects.requireNonNull(at, "at");
    if (by.length() > LONGEST_BY) {
      throw new IllegalArgumentException(
          "who asks for a pause has at most " + LONGEST_BY + " characters, not " + by.length());
    }
  }

  /** By whom and since when, for people. */
  public String text() {
    return (by.isEmpty() ? "" : "by " + by + " ") + "since " + at;
  }
}
