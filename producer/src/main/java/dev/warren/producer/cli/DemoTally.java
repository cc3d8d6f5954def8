package dev.warren.producer.cli;

import dev.warren.producer.gateway.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the gateway told of one kind of work. Used by one thread. */
final class DemoTally {
  private final Set<String> lanes = new TreeSet<>();
  private final Set<String> processes = new TreeSet<>();
  private long succeeded;
  private @Nullable Instant firstStart;
  private @Nullable Instant lastEnd;
  private @Nullable String failure;

  void add(TaskStatus task) {
    if (task.state() == TaskStatus.State.SUCCEEDED) {
      succeeded++;
    } else if (failure == null) {
      failure =
          "task %s (%s) is %s%s"
              .formatted(
                  task.id(),
                  task.type(),
                  task.state().word(),
                  task.failure() == null ? "" : ": " + task.failure().message());
    }
    if (!task.lane().isEmpty()) {
      lanes.add(task.lane());
    }
    if (!task.worker().isEmpty()) {
      processes.add(task.worker());
    }
    Instant started = task.startedAt();
    if (started != null && (firstStart == null || started.isBefore(firstStart))) {
      firstStart = started;
    }
    Instant ended = task.endedAt();
    if (ended != null && (lastEnd == null || ended.isAfter(lastEnd))) {
      lastEnd = ended;
    }
  }

  long succeeded() {
    return succeeded;
  }

  Set<String> lanes() {
    return lanes;
  }

  Set<String> processes() {
    return processes;
  }

  /** From the start of the first to the end of the last. */
  Duration wall() {
    return firstStart == null || lastEnd == null
        ? Duration.ZERO
        : Duration.between(firstStart, lastEnd);
  }

  /** The first that did not succeed. */
  @Nullable String failure() {
    return failure;
  }
}
