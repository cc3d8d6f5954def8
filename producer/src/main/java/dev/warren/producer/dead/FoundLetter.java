package dev.warren.producer.dead;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.TaskMessage;
import java.util.Objects;

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
