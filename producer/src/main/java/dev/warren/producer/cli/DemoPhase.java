package dev.warren.producer.cli;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.RawTask;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One kind of work of the demo: submits all its tasks and counts what comes back. */
final class DemoPhase {
  /** What came of it. */
  record Result(
      String type,
      Set<String> lanes,
      int submitted,
      int succeeded,
      int duplicates,
      Duration wall,
      Duration running,
      Set<String> workers,
      @Nullable String failure) {
    Result withRunning(Duration other) {
      return new Result(
          type, lanes, submitted, succeeded, duplicates, wall, other, workers, failure);
    }

    boolean isExact() {
      return succeeded == submitted && duplicates == 0 && failure == null;
    }
  }

  private final String type;
  private final BlockingQueue<OutcomeEvent> outcomes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final Set<TaskId> seen = new HashSet<>();
  private final Set<String> workers = new TreeSet<>();
  private final Set<String> lanes = new TreeSet<>();
  private Duration running = Duration.ZERO;
  private int succeeded;
  private int duplicates;
  private @Nullable String failure;

  DemoPhase(String type) {
    this.type = type;
  }

  /** Blocks until each task has an outcome, or none came for the limit. */
  Result run(List<JsonText> arguments, TaskSink sink, Progress progress, Duration limit)
      throws InterruptedException {
    long begun = System.nanoTime();
    for (JsonText each : arguments) {
      submit(each, sink);
      take(outcomes.poll());
      progress.update(counts(arguments.size()));
      if (!failures.isEmpty()) {
        break;
      }
    }
    long last = System.nanoTime();
    while (seen.size() < arguments.size() && failures.isEmpty()) {
      OutcomeEvent outcome = outcomes.poll(Progress.BAR_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      take(outcome);
      last = outcome == null ? last : System.nanoTime();
      if (System.nanoTime() - last > limit.toNanos()) {
        failure = "no result for " + DurationText.of(limit) + "; are workers running?";
        break;
      }
      progress.update(counts(arguments.size()));
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - begun);
    Throwable refused = failures.poll();
    if (refused != null) {
      failure = Failures.line(refused);
    }
    progress.clear();
    return new Result(
        type, lanes, arguments.size(), succeeded, duplicates, wall, running, workers, failure);
  }

  private void submit(JsonText arguments, TaskSink sink) {
    RawTask task = new RawTask(type, arguments, SubmitOptions.DEFAULT, null, true, null);
    sink.submit(task)
        .thenCompose(handle -> handle.outcome())
        .whenComplete(
            (outcome, failed) -> {
              boolean unused = failed == null ? outcomes.add(outcome) : failures.add(failed);
            });
  }

  private void take(@Nullable OutcomeEvent outcome) {
    if (outcome == null) {
      return;
    }
    if (!seen.add(outcome.task())) {
      duplicates++;
      return;
    }
    workers.add(outcome.worker());
    if (!outcome.lane().isEmpty()) {
      lanes.add(outcome.lane());
    }
    if (outcome.startedAt() != null) {
      running = running.plus(Duration.between(outcome.startedAt(), outcome.endedAt()));
    }
    if (outcome.status() == Outcome.Status.SUCCEEDED) {
      succeeded++;
    } else if (failure == null) {
      failure = "task " + outcome.task() + " " + MapWriter.describe(outcome);
    }
  }

  private Progress.Counts counts(int total) {
    return new Progress.Counts(seen.size(), seen.size() - succeeded, 0, total);
  }
}
