package dev.warren.engine.settle;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.TaskMessage;
import java.util.List;
import java.util.Objects;

/** Which execution of which task: what tells two messages apart that ask for the same work. */
public record Execution(TaskId task, int generation, int attempt) {
  public Execution {
    Objects.requireNonNull(task, "task");
  }

  /** The execution that a message asks for. */
  public static Execution of(TaskMessage task) {
    return new Execution(task.id(), task.generation(), task.attempt());
  }

  /**
   * Whether it is over for good when these commands are carried out. A task that is sent on its way
   * with the same attempt, as after a snooze, is not: its message comes again and is to run.
   */
  public boolean isOverAfter(List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.SendTask send && equals(of(send.task()))) {
        return false;
      }
    }
    return true;
  }
}
