package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What workers do with a delivery before its tasks start: they split it, let its tasks wait for
 * their start, or settle them without one.
 */
final class SimulatedDispatcher {
  private final Simulation simulation;
  private final Planted planted;
  private final SimulatedDeliveries deliveries;
  private final SimulatedSettler settler;
  private final SimulatedRollout rollout;

  SimulatedDispatcher(
      Simulation simulation,
      SimulatedDeliveries deliveries,
      SimulatedSettler settler,
      SimulatedRollout rollout) {
    this.simulation = simulation;
    this.planted = simulation.planted;
    this.deliveries = deliveries;
    this.settler = settler;
    this.rollout = rollout;
  }

  /** Any worker gets a message that is due; whether there was any. */
  boolean deliver() {
    SimulatedBroker.Message message =
        simulation.broker.deliver(simulation.random, simulation.now());
    if (message == null) {
      return false;
    }
    int worker = simulation.random.nextInt(Simulation.WORKERS);
    SimulatedDelivery delivery = deliveries.take(worker, message);
    if (delivery.size() > 1
        && message.isRedelivered()
        && planted != Planted.RUNS_A_REDELIVERED_CHUNK_WHOLE) {
      split(delivery);
    } else {
      for (int i = 0; i < delivery.size(); i++) {
        dispatch(delivery, i);
      }
    }
    return true;
  }

  private void split(SimulatedDelivery delivery) {
    List<Command> parts = DispatchRules.split(delivery.message.tasks);
    for (int i = 0; i < parts.size(); i++) {
      boolean lost = planted == Planted.LOSES_A_PART_OF_A_CHUNK && i == 1;
      settler.settle(delivery, i, lost ? List.of() : List.of(parts.get(i)));
    }
  }

  private void dispatch(SimulatedDelivery delivery, int index) {
    TaskMessage task = delivery.task(index);
    boolean cancelled =
        simulation.cancellations.isTakenForCancelled(delivery.worker, delivery.message, task);
    String unknown = rollout.knows(delivery.worker, task.type()) ? null : "the type is unknown";
    Optional<List<Command>> instead =
        DispatchRules.beforeRun(
            seen(task), cancelled, unknown, delivery.holder(), simulation.now());
    if (instead.isEmpty()) {
      delivery.unstarted.add(index);
      return;
    }
    List<Command> commands = instead.get();
    if (unknown != null && commands.getFirst() instanceof Command.SendTask) {
      simulation.books.parked(task, simulation.now());
      commands = parked(task, commands);
      requireSameAttempt(task, commands);
    }
    settler.settle(delivery, index, commands);
  }

  /** What a fleet with the mistake sees of a task. */
  private TaskMessage seen(TaskMessage task) {
    return switch (planted) {
      case RUNS_EARLY -> task.withTerms(task.terms().due());
      case RUNS_WHAT_HAS_EXPIRED -> expiring(task, null);
      case EXPIRES_TOO_SOON -> {
        Instant expires = task.terms().expiresAt();
        yield expires == null ? task : expiring(task, expires.minusSeconds(2));
      }
      case FORGETS_SINCE_WHEN_IT_PARKS -> task.withOthers(Map.of());
      default -> task;
    };
  }

  private static TaskMessage expiring(TaskMessage task, @Nullable Instant expires) {
    TaskTerms terms = task.terms();
    return task.withTerms(
        new TaskTerms(terms.priority(), null, null, null, terms.dueAt(), expires));
  }

  /** What a fleet with the mistake does instead of parking. */
  private List<Command> parked(TaskMessage task, List<Command> commands) {
    Instant now = simulation.now();
    return switch (planted) {
      case PARKS_WITH_AN_ATTEMPT ->
          List.of(
              new Command.SendTask(task.nextAttempt(Planted.neverRan(now)), Duration.ofSeconds(5)));
      case LOSES_PATIENCE ->
          SettleRules.dead(
              task, Failure.of(Failure.UNKNOWN_TYPE, "at once"), Ran.not("worker", now));
      default -> commands;
    };
  }

  private static void requireSameAttempt(TaskMessage task, List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.SendTask send && send.task().attempt() != task.attempt()) {
        throw new AssertionError(
            TaskGeneration.of(task) + " lost an attempt although it did not run");
      }
    }
  }

  /** What a worker holds and has not started ends when it hears that it is cancelled. */
  void hear(int worker) {
    if (simulation.cancellations.hears(worker)
        && planted != Planted.STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED) {
      deliveries.eachOf(worker, this::endCancelled);
    }
  }

  private void endCancelled(SimulatedDelivery delivery) {
    for (Integer index : List.copyOf(delivery.unstarted)) {
      TaskMessage task = delivery.task(index);
      if (simulation.cancellations.isTakenForCancelled(delivery.worker, delivery.message, task)) {
        delivery.unstarted.remove(index);
        Ran ran = Ran.not(delivery.holder(), simulation.now());
        settler.settle(delivery, index, SettleRules.cancelled(task, ran));
      }
    }
  }

  /** A worker stops in order, but for the channel: what runs is given back after the grace. */
  void drain(int worker) {
    deliveries.eachOf(worker, this::sendOnUnstarted);
  }

  private void sendOnUnstarted(SimulatedDelivery delivery) {
    List<Integer> back = List.copyOf(delivery.unstarted);
    delivery.unstarted.clear();
    boolean all = !back.isEmpty() && back.size() == delivery.size();
    if (all && (back.size() == 1 || simulation.chance(4))) {
      deliveries.giveBack(delivery);
    } else if (planted == Planted.DROPS_THE_UNSTARTED_OF_A_CHUNK_AT_A_DRAIN) {
      back.forEach(index -> settler.settle(delivery, index, List.of()));
    } else {
      settler.sendAgain(delivery, back);
    }
  }

  /** A worker does not get to the rest of a chunk. */
  void handBack() {
    SimulatedDelivery delivery = deliveries.anyWaiting();
    if (delivery == null || delivery.size() == 1 || delivery.unstarted.size() == delivery.size()) {
      return;
    }
    List<Integer> back = List.copyOf(delivery.unstarted);
    if (planted != Planted.HANDS_BACK_AND_RUNS_ALL_THE_SAME) {
      delivery.unstarted.clear();
      int size = simulation.random.nextInt(1, 4);
      for (int from = 0; from < back.size(); from += size) {
        settler.sendAgain(delivery, back.subList(from, Math.min(from + size, back.size())));
      }
      return;
    }
    back.forEach(index -> settler.sendAnyway(delivery, index));
  }
}
