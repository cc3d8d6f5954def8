package dev.warren.api;

import java.io.Serializable;
import java.util.Objects;
import java.util.UUID;

/**
 * The identity of a task. New tasks get a UUIDv7 (RFC 9562 §5.7), so ids sort by submission time;
 * what follows from a task gets a UUIDv5 derived from its parent, so that a step done twice names
 * the same follow-up.
 */
public record TaskId(UUID value) implements Comparable<TaskId>, Serializable {
  public TaskId {
    Objects.requireNonNull(value, "value");
  }

  /** A new id from the current time and 74 random bits. Safe for concurrent use. */
  public static TaskId next() {
    return new TaskId(UuidSeven.next());
  }

  /**
   * The id of what follows step {@code step} of generation {@code generation} of {@code parent}:
   * always the same for the same three.
   */
  public static TaskId derived(TaskId parent, int generation, String step) {
    return new TaskId(UuidFive.of(parent.value, generation + "/" + step));
  }

  /** The id of what has a name in a name space (UUIDv5): always the same for the same two. */
  public static TaskId named(UUID namespace, String name) {
    return new TaskId(UuidFive.of(namespace, name));
  }

  /** Parses the canonical text form. */
  public static TaskId of(String text) {
    try {
      UUID parsed = UUID.fromString(text);
      if (text.length() == 36) {
        return new TaskId(parsed);
      }
    } catch (IllegalArgumentException notAnId) {
      throw new CodecException("'" + text + "' is not a task id: expected a UUID", notAnId);
    }
    throw new CodecException("'" + text + "' is not a task id: expected a UUID of 36 characters");
  }

  @Override
  public int compareTo(TaskId other) {
    int high =
        Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(
            value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
