package dev.warren.bench.chaos;

import dev.warren.api.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a run: the same for the same seed, but for their ids.
 *
 * @param batches how many members each batch has
 */
record Workload(List<PlannedTask> tasks, Map<String, Integer> batches) {
  private static final int BATCH_SIZE = 50;

  /** One of so many tasks is a member of a batch. */
  private static final int IN_BATCHES = 8;

  Workload {
    tasks = List.copyOf(tasks);
    batches = Map.copyOf(batches);
  }

  static Workload of(long seed, int count) {
    Random random = new Random(seed);
    UUID run = UUID.randomUUID();
    List<PlannedTask> tasks = new ArrayList<>(count);
    Map<String, Integer> batches = new LinkedHashMap<>();
    @Nullable String batch = null;
    for (int i = 0; i < count; i++) {
      TaskId id = TaskId.named(run, "task/" + i);
      PlannedTask task = task(id, kind(random), random);
      boolean member = random.nextInt(IN_BATCHES) == 0 && task.kind() != TaskKind.PARENT;
      if (member) {
        if (batch == null || batches.getOrDefault(batch, 0) == BATCH_SIZE) {
          batch = TaskId.named(run, "batch/" + batches.size()).toString();
        }
        int index = batches.merge(batch, 1, Integer::sum) - 1;
        task =
            new PlannedTask(
                id,
                task.kind(),
                task.work(),
                batch,
                index,
                task.delay(),
                task.expiry(),
                task.cancelAfter());
      }
      tasks.add(task);
    }
    return new Workload(tasks, batches);
  }

  private static TaskKind kind(Random random) {
    int drawn = random.nextInt(100);
    for (TaskKind kind : TaskKind.values()) {
      drawn -= kind.share();
      if (drawn < 0) {
        return kind;
      }
    }
    return TaskKind.WORK;
  }

  private static PlannedTask task(TaskId id, TaskKind kind, Random random) {
    long millis = kind == TaskKind.WAIT ? 100 + random.nextInt(1_900) : random.nextInt(20);
    int failures = 1 + random.nextInt(3);
    Duration none = Duration.ZERO;
    return switch (kind) {
      case WORK, WAIT -> task(id, kind, new ChaosTasks.Work(millis, 0, 0), none, none, none);
      case FLAKY -> task(id, kind, new ChaosTasks.Work(millis, failures, 0), none, none, none);
      case DOOMED ->
          task(id, kind, new ChaosTasks.Work(millis, Integer.MAX_VALUE, 0), none, none, none);
      case REJECTED -> task(id, kind, new ChaosTasks.Work(millis, 0, 0), none, none, none);
      case PARENT -> task(id, kind, new ChaosTasks.Work(millis, 0, 2), none, none, none);
      case DELAYED ->
          task(
              id,
              kind,
              new ChaosTasks.Work(millis, 0, 0),
              Duration.ofMillis(1_000 + random.nextInt(14_000)),
              none,
              none);
      case CANCELLED ->
          task(
              id,
              kind,
              new ChaosTasks.Work(500, 0, 0),
              Duration.ofMillis(4_000 + random.nextInt(8_000)),
              none,
              Duration.ofMillis(1 + random.nextInt(3_000)));
      case EXPIRING ->
          task(
              id,
              kind,
              new ChaosTasks.Work(millis, 0, 0),
              none,
              Duration.ofMillis(1_000 + random.nextInt(4_000)),
              none);
    };
  }

  private static PlannedTask task(
      TaskId id,
      TaskKind kind,
      ChaosTasks.Work work,
      Duration delay,
      Duration expiry,
      Duration cancelAfter) {
    return new PlannedTask(id, kind, work, null, 0, delay, expiry, cancelAfter);
  }
}
