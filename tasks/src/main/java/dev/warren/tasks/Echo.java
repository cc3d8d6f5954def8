package dev.warren.tasks;

import dev.warren.api.Json;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;

/** {@code echo}: returns its argument, any JSON, unchanged. */
public final class Echo {
  /** For submitters, who give and take any value. */
  public static final TaskType<Object, Object> TYPE =
      TaskType.of("echo", Object.class, Object.class).describedAs("Returns its argument unchanged");

  /** As a worker runs it: what it never looks into cannot change. */
  static final TaskType<Json, Json> UNREAD =
      TaskType.of("echo", Json.class, Json.class).describedAs("Returns its argument unchanged");

  private Echo() {}

  static Json run(Json argument, TaskContext context) {
    return argument;
  }
}
