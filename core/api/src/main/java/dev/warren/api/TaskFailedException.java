package dev.warren.api;

import java.util.Objects;

/** A task that was waited for ended in another outcome than success. */
public final class TaskFailedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  private final TaskId task;
  private final transient Outcome<?> outcome;

  public TaskFailedException(TaskId task, String message, Outcome<?> outcome) {
    super(message);
    this.task = Objects.requireNonNull(task, "task");
    this.outcome = Objects.requireNonNull(outcome, "outcome");
  }

  public TaskId task() {
    return task;
  }

  public Outcome<?> outcome() {
    return outcome;
  }
}
