package dev.warren.engine.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A queue or stream.
 *
 * @param exclusive whether it belongs to the connection that declares it and ends with it; such a
 *     queue is neither durable nor kept without consumers. All others are durable.
 * @param arguments the declaration's arguments, {@code x-queue-type} among them.
 */
public record QueueDefinition(String name, boolean exclusive, Map<String, Object> arguments) {
  /** Absent or -1, a broker of some version loses messages by people looking at them. */
  static final int UNLIMITED_DELIVERIES = 1_000_000_000;

  public QueueDefinition {
    Objects.requireNonNull(name, "name");
    arguments = Map.copyOf(arguments);
  }

  static QueueDefinition quorum(String name) {
    return of(name, "quorum");
  }

  static QueueDefinition stream(String name) {
    return of(name, "stream");
  }

  static QueueDefinition classic(String name) {
    return of(name, "classic");
  }

  static QueueDefinition exclusive(String name) {
    return new QueueDefinition(name, true, Map.of("x-queue-type", "classic"));
  }

  private static QueueDefinition of(String name, String type) {
    return new QueueDefinition(name, false, Map.of("x-queue-type", type));
  }

  QueueDefinition with(String argument, Object value) {
    Map<String, Object> more = new HashMap<>(arguments);
    more.put(argument, value);
    return new QueueDefinition(name, exclusive, more);
  }

  /** Never drops a message for having been delivered too often. */
  QueueDefinition keepingAll() {
    return with("x-delivery-limit", UNLIMITED_DELIVERIES);
  }

  public boolean durable() {
    return !exclusive;
  }

  /** {@code quorum}, {@code stream} or {@code classic}. */
  public String type() {
    return String.valueOf(arguments.get("x-queue-type"));
  }
}
