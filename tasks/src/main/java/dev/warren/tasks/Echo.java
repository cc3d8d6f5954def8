package dev.warren.tasks;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;

/** {@code echo}: returns its argument, any JSON, unchanged. */
public final class Echo {
  public static final TaskType<Object, Object> TYPE =
      TaskType.of("echo", Object.class, Object.class).describedAs("Returns its argument unchanged");

  private Echo() {}

  static Object run(Object argument, TaskContext context) {
    return argument;
  }
}
