package dev.warren.producer;

import dev.warren.api.TaskId;

/** What a piece of JSON is, for people; written out only where something is wrong with it. */
sealed interface Named {
  /** Arguments of a task of a type. */
  record Arguments(String type) implements Named {
    @Override
    public String toString() {
      return "the arguments of a task '" + type + "'";
    }
  }

  /** The result of a task of a type. */
  record Result(TaskId task, String type) implements Named {
    @Override
    public String toString() {
      return "the result of task " + task + " (" + type + ")";
    }
  }
}
