package dev.warren.producer;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * What the broker says of one work queue.
 *
 * @param queue the name of the work queue, without prefix
 * @param state whether the rest is known
 * @param ready tasks that wait to be delivered; those that workers hold are not counted
 * @param consumers how many consumers it has, one per worker as a rule
 * @param dead its tasks that are dead and wait for a replay; empty if that is not known
 */
public record QueueDepth(String queue, State state, long ready, long consumers, OptionalLong dead) {
  /** What is known of a queue. */
  public enum State {
    THERE,
    MISSING,
    /** This broker user may not ask. */
    FORBIDDEN
  }

  public QueueDepth {
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(state, "state");
  }
}
