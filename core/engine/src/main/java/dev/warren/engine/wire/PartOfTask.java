package dev.warren.engine.wire;

import dev.warren.api.TaskId;

/** Names a part of a task in errors; made for every task, written for few. */
public record PartOfTask(String part, TaskId task) {
  @Override
  public String toString() {
    return part + " of task " + task;
  }
}
