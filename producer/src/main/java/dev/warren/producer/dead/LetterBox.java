package dev.warren.producer.dead;

import dev.warren.api.Names;
import dev.warren.engine.topology.TopologyNames;
import java.util.Objects;

/**
 * A place in the broker where letters lie.
 *
 * @param name for people: the queue's, {@code unrouted} or {@code inbox}
 * @param brokerQueue the queue in the broker
 * @param kind whose letters they are
 */
public record LetterBox(String name, String brokerQueue, Kind kind) {
  /** Whose letters lie in it. */
  public enum Kind {
    /** The dead tasks of one queue. */
    QUEUE,
    /** What no binding took on its way out of the delays, or to the dead. */
    UNROUTED,
    /** What the broker itself gave up and no worker has told of yet. */
    INBOX
  }

  public static final LetterBox UNROUTED =
      new LetterBox("unrouted", TopologyNames.UNROUTED, Kind.UNROUTED);

  public static final LetterBox INBOX =
      new LetterBox("inbox", TopologyNames.DEAD_INBOX, Kind.INBOX);

  public LetterBox {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(brokerQueue, "brokerQueue");
    Objects.requireNonNull(kind, "kind");
  }

  /** The dead letters of a task queue. */
  public static LetterBox of(String queue) {
    return new LetterBox(
        Names.requireQueue(queue), TopologyNames.dead(queue), LetterBox.Kind.QUEUE);
  }

  @Override
  public String toString() {
    return kind == Kind.QUEUE ? "dead letters of queue '" + name + "'" : brokerQueue;
  }
}
