package dev.warren.bench.chaos;

import dev.warren.api.TaskId;

/** An attempt of a task that a process has started. */
record Execution(Key key, long process, long startedMillis) {
  /** An attempt. */
  record Key(TaskId task, int generation, int attempt) {
    Key before() {
      return new Key(task, generation, attempt - 1);
    }
  }
}
