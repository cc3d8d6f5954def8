package dev.warren.bench;

import dev.warren.api.Lane;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import java.time.Duration;

/**
 * Tasks that fail several times before they succeed. Only where the setting {@value #SETTING} is
 * given: they are on the class path of all benchmarks.
 */
public final class FlakyTasks implements TaskProvider {
  static final String SETTING = "flaky";

  static final TaskType<Object, Object> AT_ONCE = type("at-once", Duration.ZERO);
  static final TaskType<Object, Object> LATER = type("later", Duration.ofSeconds(1));

  /** So many attempts fail. */
  static final int FAILURES = 3;

  private static TaskType<Object, Object> type(String name, Duration wait) {
    return TaskType.of("flaky." + name, Object.class, Object.class)
        .with(
            options ->
                options.withRetry(
                    RetryPolicy.DEFAULT
                        .withMaxAttempts(FAILURES + 1)
                        .withBackOff(wait, 1, wait)
                        .withJitter(false)));
  }

  @Override
  public void register(TaskRegistry registry) {
    if (registry.setting(SETTING).isPresent()) {
      registry.register(AT_ONCE, Lane.VIRTUAL, FlakyTasks::run);
      registry.register(LATER, Lane.VIRTUAL, FlakyTasks::run);
    }
  }

  private static Object run(Object argument, TaskContext context) {
    if (context.attempt() <= FAILURES) {
      throw new IllegalStateException("fails at first, as planned");
    }
    return argument;
  }
}
