package dev.warren.engine.settle;

import dev.warren.api.Priority;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Submit tasks of all kinds, alone and in chunks, now and for later; and cancel some. */
final class SimulatedClients {
  private final Simulation simulation;
  private final SplittableRandom random;
  private int submissionsLeft;

  SimulatedClients(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.random;
    this.submissionsLeft = random.nextInt(1, 5);
  }

  boolean areDone() {
    return submissionsLeft == 0;
  }

  void submit() {
    if (areDone()) {
      return;
    }
    submissionsLeft--;
    Instant now = simulation.now();
    int size = simulation.chance(4) ? random.nextInt(2, 5) : 1;
    String type = simulation.chance(4) ? SimulatedRollout.NEW_TYPE : SimulatedRollout.OLD_TYPE;
    boolean delayed = size == 1 && simulation.chance(4);
    Duration delay = delayed ? delay() : Duration.ZERO;
    Instant due = delayed ? now.plus(delay) : null;
    Instant expires =
        simulation.chance(6) ? now.plus(delay).plusMillis(random.nextInt(1, 20_000)) : null;
    List<TaskMessage> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      TaskMessage task = task(type, due, expires);
      tasks.add(task);
      simulation.books.submitted(task);
    }
    simulation.broker.accept(tasks, DelayRoute.of(delay, "default", type), now);
  }

  private Duration delay() {
    return simulation.chance(8)
        ? Simulation.BEYOND_THE_LADDER
        : Duration.ofMillis(random.nextInt(1, 10_000));
  }

  private TaskMessage task(String type, @Nullable Instant due, @Nullable Instant expires) {
    TaskId id = new TaskId(new UUID(7L << 12, random.nextLong()));
    return TaskMessage.of(id, type, "default", JsonText.EMPTY_OBJECT, simulation.now())
        .withTerms(new TaskTerms(Priority.NORMAL, null, null, null, due, expires));
  }

  /** Somebody cancels a task, whatever has become of it. */
  void cancel() {
    simulation.books.any(random).ifPresent(simulation.cancellations::add);
  }
}
