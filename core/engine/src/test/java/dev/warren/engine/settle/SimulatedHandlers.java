package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.List;

/** The code of the tasks: it comes to any verdict, and now and then submits a task itself. */
final class SimulatedHandlers {
  private final Simulation simulation;

  SimulatedHandlers(Simulation simulation) {
    this.simulation = simulation;
  }

  Verdict<JsonText> verdict() {
    Failure failure = Failure.of("Simulated", "failed");
    Duration pause =
        simulation.chance(8)
            ? Simulation.BEYOND_THE_LADDER
            : Duration.ofMillis(simulation.random.nextInt(1, 5_000));
    return switch (simulation.random.nextInt(10)) {
      case 0, 1, 2, 3, 4 -> Verdict.done(JsonText.NULL);
      case 5, 6 -> Verdict.retry(failure);
      case 7 -> Verdict.retryAfter(pause, failure);
      case 8 -> Verdict.snooze(pause);
      default -> Verdict.reject(failure);
    };
  }

  /** What the task submits; a task that was submitted by another submits nothing. */
  List<TaskMessage> submitted(TaskMessage task) {
    return task.lineage().parent() == null && simulation.chance(4)
        ? List.of(child(task))
        : List.of();
  }

  private TaskMessage child(TaskMessage parent) {
    TaskId id = TaskId.derived(parent.id(), parent.generation(), "submit/1");
    return TaskMessage.of(
            id, SimulatedRollout.OLD_TYPE, "default", JsonText.EMPTY_OBJECT, simulation.now())
        .withLineage(parent.lineage().childOf(parent.id()));
  }
}
