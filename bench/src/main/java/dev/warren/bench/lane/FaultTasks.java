package dev.warren.bench.lane;

import dev.warren.api.Lane;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import java.time.Duration;

/**
 * Tasks in child processes that do what they should not, and one that does no harm. Only where the
 * setting {@value #SETTING} is given: they are on the class path of all benchmarks.
 */
public final class FaultTasks implements TaskProvider {
  static final String SETTING = "faults";
  static final String QUEUE = "faults";

  /** What a task that does not end gets. */
  static final Duration LIMIT = Duration.ofSeconds(2);

  static final TaskType<Integer, Integer> GOOD = type("good", Integer.class);
  static final TaskType<Integer, Integer> HALT = type("halt", Integer.class);
  static final TaskType<Integer, Integer> SPIN =
      type("spin", Integer.class).with(options -> options.withTimeLimit(LIMIT));

  private static <R> TaskType<Integer, R> type(String name, Class<R> result) {
    return TaskType.of("faults." + name, Integer.class, result)
        .with(options -> options.withQueue(QUEUE).withRetry(RetryPolicy.NONE));
  }

  @Override
  public void register(TaskRegistry registry) {
    if (registry.setting(SETTING).isEmpty()) {
      return;
    }
    registry.register(GOOD, Lane.PROCESS, (number, context) -> number);
    registry.register(HALT, Lane.PROCESS, FaultTasks::halt);
    registry.register(SPIN, Lane.PROCESS, FaultTasks::spin);
  }

  private static Integer halt(Integer number, TaskContext context) {
    Runtime.getRuntime().halt(1);
    return number;
  }

  @SuppressWarnings("InfiniteLoopStatement")
  private static Integer spin(Integer number, TaskContext context) {
    while (true) {
      Thread.onSpinWait();
    }
  }
}
