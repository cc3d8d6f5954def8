package dev.warren.bench.chaos;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The tasks of the load. Loaded by real workers; every execution is written into the books. */
public final class ChaosTasks implements TaskProvider {
  /** The setting with the folder of the books. */
  static final String BOOKS = "chaos.books";

  static final String QUEUE = "chaos";
  static final String WAITING_QUEUE = "chaos-wait";

  /**
   * What a task is to do.
   *
   * @param millis how long it takes
   * @param failures how many attempts fail
   * @param children how many tasks it submits
   */
  public record Work(long millis, int failures, int children) {}

  /** What a task answers: who it was. */
  public record Done(String task, int attempt) {}

  private static final RetryPolicy SOON =
      RetryPolicy.DEFAULT.withBackOff(Duration.ofMillis(200), 2, Duration.ofSeconds(2));

  static final TaskType<Work, Done> WORK = type("work", QUEUE, RetryPolicy.DEFAULT);
  static final TaskType<Work, Done> WAIT = type("wait", WAITING_QUEUE, RetryPolicy.DEFAULT);
  static final TaskType<Work, Done> FLAKY = type("flaky", QUEUE, SOON.withMaxAttempts(8));
  static final TaskType<Work, Done> DOOMED = type("doomed", QUEUE, SOON.withMaxAttempts(3));
  static final TaskType<Work, Done> REJECTED = type("rejected", QUEUE, RetryPolicy.DEFAULT);
  static final TaskType<Work, Done> PARENT = type("parent", QUEUE, RetryPolicy.DEFAULT);

  /** By the service loader. */
  public ChaosTasks() {}

  private static TaskType<Work, Done> type(String name, String queue, RetryPolicy retry) {
    return TaskType.of("chaos." + name, Work.class, Done.class)
        .with(options -> options.withQueue(queue).withRetry(retry));
  }

  @Override
  public void register(TaskRegistry registry) {
    if (registry.setting(BOOKS).isEmpty()) {
      // A worker of somebody else that has this class on its path.
      return;
    }
    ExecutionLog log = ExecutionLog.create(Path.of(registry.setting(BOOKS).orElseThrow()));
    Handler body = ChaosTasks::work;
    registry.register(WORK, Lane.THREADS, (work, context) -> log.around(context, work, body));
    registry.register(WAIT, Lane.VIRTUAL, (work, context) -> log.around(context, work, body));
    registry.register(FLAKY, Lane.THREADS, (work, context) -> log.around(context, work, body));
    registry.register(DOOMED, Lane.THREADS, (work, context) -> log.around(context, work, body));
    registry.register(PARENT, Lane.THREADS, (work, context) -> log.around(context, work, body));
    registry.registerHandler(
        REJECTED,
        Lane.THREADS,
        (work, context) -> {
          log.around(context, work, body);
          return Verdict.reject(Failure.of("ChaosRejected", "rejected by the load"));
        });
  }

  /** One execution. */
  @FunctionalInterface
  interface Handler {
    Done run(Work work, TaskContext context) throws InterruptedException;
  }

  private static Done work(Work work, TaskContext context) throws InterruptedException {
    // A latch that nobody opens: blocks as a call to a slow service would.
    boolean opened = new CountDownLatch(1).await(work.millis(), TimeUnit.MILLISECONDS);
    if (opened || context.attempt() <= work.failures()) {
      throw new IllegalStateException("attempt " + context.attempt() + " fails, as planned");
    }
    for (int child = 0; child < work.children(); child++) {
      context.submit(WORK, new Work(work.millis(), 0, 0));
    }
    return new Done(context.id().toString(), context.attempt());
  }
}
