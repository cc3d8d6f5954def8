package dev.warren.producer.dead;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.TaskMessage;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A letter and where it lies. */
public record FoundLetter(LetterBox box, DeadLetter letter) {
  public FoundLetter {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(letter, "letter");
  }

  /** The task's id, or that of the message if it is no task; empty if it has none. */
  public String id() {
    String id = letter.properties().getMessageId();
    return id == null ? "" : id;
  }

  /**
   * Whether it fell off the delays on its way to a queue that is not there. Such a task has not
   * died: sent on, it goes on as it was.
   */
  public boolean onItsWay() {
    return box.kind() == LetterBox.Kind.UNROUTED
        && letter.failure().type().equals(DeadLetter.UNROUTED);
  }

  /** The headers as they came, by name, as text. */
  public SortedMap<String, String> headers() {
    SortedMap<String, String> all = new TreeMap<>();
    if (letter.properties().getHeaders() != null) {
      letter.properties().getHeaders().forEach((name, value) -> all.put(name, "" + value));
    }
    return all;
  }

  int generation() {
    return letter.task().map(TaskMessage::generation).orElse(1);
  }

  /** Whether the id is one that the sender chose: a message without one gets another each time. */
  boolean hasTaskId() {
    return letter
        .task()
        .map(TaskMessage::id)
        .map(TaskId::toString)
        .filter(id()::equalsIgnoreCase)
        .isPresent();
  }
}
