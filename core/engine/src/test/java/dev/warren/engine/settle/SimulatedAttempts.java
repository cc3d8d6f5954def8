package dev.warren.engine.settle;

import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The attempts of all workers, from their start to their verdict and what follows from it. */
final class SimulatedAttempts {
  private static final TaskOptions OPTIONS =
      TaskOptions.DEFAULT.withRetry(
          new RetryPolicy(
              Simulation.MAX_ATTEMPTS, Duration.ofSeconds(1), 2, Duration.ofSeconds(8), true));

  /** An attempt between its start and its verdict. */
  private record Running(SimulatedDelivery delivery, int index, Instant started) {
    TaskMessage task() {
      return delivery.task(index);
    }
  }

  private final Simulation simulation;
  private final Planted planted;
  private final SimulatedDeliveries deliveries;
  private final SimulatedPublisher publisher;
  private final SimulatedSettler settler;
  private final SimulatedDispatcher dispatcher;
  private final SimulatedHandlers handlers;
  private final List<Running> running = new ArrayList<>();

  SimulatedAttempts(
      Simulation simulation,
      SimulatedDeliveries deliveries,
      SimulatedPublisher publisher,
      SimulatedSettler settler,
      SimulatedDispatcher dispatcher) {
    this.simulation = simulation;
    this.planted = simulation.planted;
    this.deliveries = deliveries;
    this.publisher = publisher;
    this.settler = settler;
    this.dispatcher = dispatcher;
    this.handlers = new SimulatedHandlers(simulation);
  }

  boolean areOver() {
    return running.isEmpty();
  }

  /** The program of a worker is gone, and all that it ran. */
  void lose(int worker) {
    running.removeIf(attempt -> attempt.delivery().worker == worker);
  }

  /** Any task that waits for its start has its turn; whether there was any. */
  boolean start() {
    SimulatedDelivery delivery = deliveries.anyWaiting();
    if (delivery == null) {
      return false;
    }
    int index = Objects.requireNonNull(delivery.unstarted.pollFirst());
    TaskMessage task = delivery.task(index);
    Optional<List<Command>> instead =
        DispatchRules.beforeStart(
            task, isCancelled(delivery, task), delivery.holder(), simulation.now());
    if (instead.isPresent() && !startsAnyway()) {
      settler.settle(delivery, index, instead.get());
      return true;
    }
    requireStartable(delivery, task);
    simulation.books.started(task, simulation.now());
    running.add(new Running(delivery, index, simulation.now()));
    return true;
  }

  private boolean startsAnyway() {
    return switch (planted) {
      case STARTS_WHAT_EXPIRED_WHILE_IT_WAITED,
          RUNS_WHAT_HAS_EXPIRED,
          STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED ->
          true;
      default -> false;
    };
  }

  private void requireStartable(SimulatedDelivery delivery, TaskMessage task) {
    TaskGeneration key = TaskGeneration.of(task);
    if (simulation.cancellations.mustBeKnown(delivery.worker, key)) {
      throw new AssertionError(key + " started although it was cancelled");
    }
    if (delivery.message.isRedelivered() && delivery.size() > 1) {
      throw new AssertionError(key + " runs beside its neighbours after a crash");
    }
  }

  /** Any attempt comes to its verdict; whether there was any. */
  boolean finish() {
    if (running.isEmpty()) {
      return false;
    }
    Running attempt = running.remove(simulation.random.nextInt(running.size()));
    // If its channel was lost meanwhile, nothing follows from it.
    if (deliveries.holds(attempt.delivery())) {
      Verdict<JsonText> verdict = handlers.verdict();
      List<TaskMessage> children = handlers.submitted(attempt.task());
      cancelPerhaps(attempt);
      settle(attempt, verdict, children);
    }
    return true;
  }

  /** Somebody cancels the task while it runs, and its worker hears of it. */
  private void cancelPerhaps(Running attempt) {
    if (simulation.chance(20)) {
      simulation.cancellations.add(TaskGeneration.of(attempt.task()));
      dispatcher.hear(attempt.delivery().worker);
    }
  }

  private void settle(Running attempt, Verdict<JsonText> verdict, List<TaskMessage> children) {
    SimulatedDelivery delivery = attempt.delivery();
    TaskMessage task = attempt.task();
    Ran ran = new Ran(delivery.holder(), "threads", attempt.started(), simulation.now());
    boolean stopped = isCancelled(delivery, task) && planted != Planted.RETRIES_WHAT_IS_CANCELLED;
    List<Command> commands =
        stopped
            ? SettleRules.settleCancelled(task, verdict, children, ran)
            : SettleRules.settle(task, options(), verdict, children, ran, simulation.random);
    if (simulation.cancellations.mustBeKnown(delivery.worker, TaskGeneration.of(task))) {
      requireNoFurtherAttempt(task, commands);
    }
    if (!stopped) {
      enter(task, verdict);
    }
    if (verdict instanceof Verdict.Done<JsonText> && !children.isEmpty()) {
      expectFirst(children.getFirst(), commands);
    }
    settler.settle(delivery, attempt.index(), mistaken(task, commands));
  }

  private boolean isCancelled(SimulatedDelivery delivery, TaskMessage task) {
    return simulation.cancellations.isTakenForCancelled(delivery.worker, delivery.message, task);
  }

  private TaskOptions options() {
    return planted == Planted.RETRIES_FOR_EVER
        ? OPTIONS.withRetry(OPTIONS.retry().withMaxAttempts(1_000))
        : OPTIONS;
  }

  private static void requireNoFurtherAttempt(TaskMessage task, List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.SendTask send && send.task().id().equals(task.id())) {
        throw new AssertionError(TaskGeneration.of(task) + " goes on although it was cancelled");
      }
      if (command instanceof Command.BuryTask) {
        throw new AssertionError(TaskGeneration.of(task) + " was cancelled and leaves a letter");
      }
    }
  }

  private void enter(TaskMessage task, Verdict<JsonText> verdict) {
    Instant now = simulation.now();
    switch (verdict) {
      case Verdict.Snooze<JsonText>(Duration pause) ->
          simulation.books.snoozed(task, now.plus(pause));
      case Verdict.Retry<JsonText> retry ->
          simulation.books.retries(task, now.plus(retry.after().orElse(Duration.ZERO)));
      default -> {}
    }
  }

  private void expectFirst(TaskMessage child, List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.RecordOutcome(OutcomeEvent event)) {
        publisher.expectBefore(event, child);
      }
    }
  }

  /** What a fleet with the mistake makes of a verdict's commands. */
  private List<Command> mistaken(TaskMessage task, List<Command> commands) {
    if (!(commands.getFirst() instanceof Command.SendTask(TaskMessage next, Duration wait, var told)
        && next.id().equals(task.id()))) {
      return commands;
    }
    boolean counts = next.attempt() > task.attempt();
    return switch (planted) {
      case FORGETS_THE_RETRY -> List.of();
      case RETRIES_WITHOUT_COUNTING ->
          counts ? List.of(new Command.SendTask(task.withTerms(next.terms()), wait)) : commands;
      case SENDS_TWO_RETRIES -> List.of(commands.getFirst(), commands.getFirst());
      case RETRIES_BEFORE_THE_TIME_ASKED_FOR ->
          List.of(new Command.SendTask(next.withTerms(next.terms().due()), wait.dividedBy(2)));
      case SNOOZES_WITH_AN_ATTEMPT ->
          counts
              ? commands
              : List.of(
                  new Command.SendTask(next.nextAttempt(Planted.neverRan(simulation.now())), wait));
      default -> commands;
    };
  }
}
