package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A broker and some workers in one thread, with a clock and crashes drawn from a seed. The workers
 * decide by the real rules and books; everything that could go wrong between two decisions does.
 * After every step the invariants are checked.
 */
final class SimulatedFleet {
  /** A mistake planted into the fleet, to see that the invariants find it. */
  enum Planted {
    NOTHING,
    ACKNOWLEDGES_BEFORE_THE_CONFIRM,
    FORGETS_THE_RETRY,
    RUNS_EARLY,
    RETRIES_FOR_EVER,
    RECORDS_NO_OUTCOME_OF_THE_DEAD,
    RECORDS_THE_OUTCOME_BEFORE_THE_REST,
    TAKES_TASKS_BEFORE_IT_KNOWS_WHAT_IS_CANCELLED,
    STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED,
    RETRIES_WHAT_IS_CANCELLED,
    CANCELS_THE_NEIGHBOURS_IN_A_CHUNK
  }

  private static final TaskOptions OPTIONS =
      TaskOptions.DEFAULT.withRetry(
          new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(8), true));
  private static final int WORKERS = 3;
  private static final int TASKS = 12;

  /**
   * What the broker holds: in the queue, on the ladder until ready, or delivered and
   * unacknowledged.
   */
  private static final class Message {
    final List<TaskMessage> tasks;
    Instant readyAt;
    boolean redelivered;

    Message(List<TaskMessage> tasks, Instant readyAt) {
      this.tasks = tasks;
      this.readyAt = readyAt;
    }
  }

  /** A command between a worker and the broker. */
  private static final class Publication {
    final Held from;
    final int task;
    final Command command;
    final boolean awaited;
    boolean accepted;

    Publication(Held from, int task, Command command, boolean awaited) {
      this.from = from;
      this.task = task;
      this.command = command;
      this.awaited = awaited;
    }
  }

  /** A delivery at a worker. */
  private static final class Held {
    final int worker;
    final Message message;
    final DeliveryBook book;
    final Set<Integer> unstarted = new HashSet<>();
    boolean acknowledging;

    Held(int worker, Message message) {
      this.worker = worker;
      this.message = message;
      this.book = new DeliveryBook(message.tasks.size());
    }
  }

  /** What stands among the dead letters. */
  private record Letter(TaskId task, int generation) {}

  private final SplittableRandom random;
  private final Planted planted;
  private Instant now = Instant.ofEpochSecond(1_800_000_000L);

  private final List<Message> broker = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private final List<Publication> publications = new ArrayList<>();
  private final Map<TaskId, Instant> due = new HashMap<>();
  private final Map<TaskId, OutcomeEvent> recorded = new HashMap<>();
  private final Set<TaskId> submitted = new HashSet<>();
  private final Set<Letter> buried = new HashSet<>();
  private final IdentityHashMap<OutcomeEvent, TaskId> followUps = new IdentityHashMap<>();
  private final SimulatedCancellations cancellations;
  private int executions;
  private int cancelled;

  SimulatedFleet(long seed, Planted planted) {
    this.random = new SplittableRandom(seed);
    this.planted = planted;
    this.cancellations =
        new SimulatedCancellations(
            WORKERS, planted != Planted.TAKES_TASKS_BEFORE_IT_KNOWS_WHAT_IS_CANCELLED);
  }

  int executions() {
    return executions;
  }

  int submitted() {
    return submitted.size();
  }

  /** How many tasks ended because somebody cancelled them. */
  int cancelled() {
    return cancelled;
  }

  /** Runs the schedule, then lets everything come to rest without further faults. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step(true);
      check();
    }
    for (int i = 0; i < 100_000 && !atRest(); i++) {
      step(false);
      check();
    }
    if (!atRest()) {
      throw new AssertionError("the fleet does not come to rest");
    }
    for (TaskId task : submitted) {
      if (!recorded.containsKey(task)) {
        throw new AssertionError("task " + task + " has no outcome");
      }
    }
    cancelled = (int) recorded.values().stream().filter(SimulatedFleet::isCancelled).count();
  }

  private static boolean isCancelled(OutcomeEvent outcome) {
    return outcome.status() == Outcome.Status.CANCELLED;
  }

  private boolean atRest() {
    return broker.isEmpty() && held.isEmpty() && submitted.size() >= TASKS;
  }

  private void step(boolean faults) {
    int choice = random.nextInt(faults ? 100 : 90);
    if (choice < 10) {
      submit();
      if (random.nextInt(4) == 0) {
        cancel();
      }
    } else if (choice < 30) {
      deliver();
    } else if (choice < 50) {
      attempt();
    } else if (choice < 70) {
      accept();
    } else if (choice < 80) {
      acknowledge();
    } else if (choice < 90) {
      now = now.plusMillis(random.nextInt(1, 3_000));
      hear(random.nextInt(WORKERS));
    } else if (choice < 95) {
      crash(random.nextInt(WORKERS));
    } else {
      refuse();
    }
  }

  private void submit() {
    if (submitted.size() >= TASKS) {
      return;
    }
    int size = random.nextInt(4) == 0 ? random.nextInt(2, 4) : 1;
    List<TaskMessage> tasks = new ArrayList<>();
    boolean delayed = size == 1 && random.nextInt(4) == 0;
    Instant at = delayed ? now.plusSeconds(random.nextInt(1, 10)) : null;
    for (int i = 0; i < size; i++) {
      TaskId id = new TaskId(new UUID(7L << 12, random.nextLong()));
      tasks.add(
          TaskMessage.of(id, "simulated", "default", JsonText.EMPTY_OBJECT, now)
              .withTerms(new TaskTerms(Priority.NORMAL, null, null, null, at, null)));
      submitted.add(id);
      if (at != null) {
        due.put(id, at);
      }
    }
    // Now and then the ladder is too short, as it is for delays beyond its reach: the task comes
    // early.
    broker.add(new Message(tasks, at == null || random.nextInt(3) == 0 ? now : at));
  }

  /** Somebody cancels a task, whatever has become of it. */
  private void cancel() {
    if (!submitted.isEmpty()) {
      List<TaskId> all = submitted.stream().sorted().toList();
      cancellations.add(all.get(random.nextInt(all.size())));
    }
  }

  /** What a worker holds and has not started ends when it hears that it is cancelled. */
  private void hear(int worker) {
    if (!cancellations.hears(worker)
        || planted == Planted.STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED) {
      return;
    }
    for (Held delivery : List.copyOf(held)) {
      for (int index : List.copyOf(delivery.unstarted)) {
        TaskMessage task = delivery.message.tasks.get(index);
        if (delivery.worker == worker && cancellations.known(worker, task.id())) {
          delivery.unstarted.remove(index);
          settle(delivery, index, SettleRules.cancelled(task, Ran.not(worker(delivery), now)));
        }
      }
    }
  }

  /** Whether a worker takes a task of a delivery for cancelled. */
  private boolean isKnownAsCancelled(Held delivery, TaskMessage task) {
    return planted == Planted.CANCELS_THE_NEIGHBOURS_IN_A_CHUNK
        ? delivery.message.tasks.stream()
            .anyMatch(each -> cancellations.known(delivery.worker, each.id()))
        : cancellations.known(delivery.worker, task.id());
  }

  private void deliver() {
    List<Message> ready = broker.stream().filter(each -> !each.readyAt.isAfter(now)).toList();
    if (ready.isEmpty()) {
      return;
    }
    Message message = ready.get(random.nextInt(ready.size()));
    broker.remove(message);
    Held delivery = new Held(random.nextInt(WORKERS), message);
    held.add(delivery);
    if (message.redelivered && message.tasks.size() > 1) {
      List<Command> parts = DispatchRules.split(message.tasks);
      for (int i = 0; i < parts.size(); i++) {
        settle(delivery, i, List.of(parts.get(i)));
      }
      return;
    }
    for (int i = 0; i < message.tasks.size(); i++) {
      TaskMessage task = message.tasks.get(i);
      if (planted == Planted.RUNS_EARLY) {
        task = task.withTerms(task.terms().due());
      }
      Optional<List<Command>> instead =
          DispatchRules.beforeRun(
              task, isKnownAsCancelled(delivery, task), null, worker(delivery), now);
      if (instead.isPresent()) {
        settle(delivery, i, instead.get());
      } else {
        delivery.unstarted.add(i);
      }
    }
  }

  private void attempt() {
    List<Held> waiting = held.stream().filter(each -> !each.unstarted.isEmpty()).toList();
    if (waiting.isEmpty()) {
      return;
    }
    Held delivery = waiting.get(random.nextInt(waiting.size()));
    int index = delivery.unstarted.iterator().next();
    delivery.unstarted.remove(index);
    TaskMessage task = delivery.message.tasks.get(index);
    executions++;
    Instant earliest = due.get(task.id());
    if (earliest != null && now.isBefore(earliest)) {
      throw new AssertionError("task " + task.id() + " ran " + earliest + " early, at " + now);
    }
    if (cancellations.mustBeKnown(delivery.worker, task.id())) {
      throw new AssertionError("task " + task.id() + " started although it was cancelled");
    }
    if (task.attempt() > OPTIONS.retry().maxAttempts()) {
      throw new AssertionError("task " + task.id() + " runs its attempt " + task.attempt());
    }
    Failure failure = Failure.of("Simulated", "failed");
    Verdict<JsonText> verdict =
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> Verdict.done(JsonText.NULL);
          case 5, 6 -> Verdict.retry(failure);
          case 7 -> Verdict.retryAfter(Duration.ofSeconds(2), failure);
          case 8 -> Verdict.snooze(Duration.ofSeconds(1));
          default -> Verdict.reject(failure);
        };
    TaskOptions options =
        planted == Planted.RETRIES_FOR_EVER
            ? OPTIONS.withRetry(OPTIONS.retry().withMaxAttempts(1_000))
            : OPTIONS;
    Ran ran = new Ran(worker(delivery), "threads", now, now);
    List<TaskMessage> children =
        task.lineage().parent() == null && random.nextInt(4) == 0
            ? List.of(child(task))
            : List.of();
    if (random.nextInt(10) == 0) {
      // While it ran.
      cancellations.add(task.id());
      hear(delivery.worker);
    }
    boolean stopped =
        cancellations.known(delivery.worker, task.id())
            && planted != Planted.RETRIES_WHAT_IS_CANCELLED;
    List<Command> commands =
        stopped
            ? SettleRules.settleCancelled(task, verdict, children, ran)
            : SettleRules.settle(task, options, verdict, children, ran, random);
    if (cancellations.mustBeKnown(delivery.worker, task.id())) {
      requireNoFurtherAttempt(task, commands);
    }
    if (verdict instanceof Verdict.Done<JsonText>) {
      for (Command command : commands) {
        if (command instanceof Command.RecordOutcome(OutcomeEvent event)) {
          children.forEach(each -> followUps.put(event, each.id()));
        }
      }
    }
    settle(delivery, index, commands);
  }

  private static void requireNoFurtherAttempt(TaskMessage task, List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.SendTask send && send.task().id().equals(task.id())) {
        throw new AssertionError("task " + task.id() + " goes on although it was cancelled");
      }
      if (command instanceof Command.BuryTask) {
        throw new AssertionError("task " + task.id() + " was cancelled and leaves a letter");
      }
    }
  }

  private TaskMessage child(TaskMessage parent) {
    TaskId id = TaskId.derived(parent.id(), parent.generation(), "submit/1");
    return TaskMessage.of(id, "simulated", "default", JsonText.EMPTY_OBJECT, now)
        .withLineage(parent.lineage().childOf(parent.id()));
  }

  private void settle(Held delivery, int task, List<Command> commands) {
    List<Command> kept =
        switch (planted) {
          case FORGETS_THE_RETRY ->
              commands.stream().filter(each -> !(each instanceof Command.SendTask)).toList();
          case RECORDS_NO_OUTCOME_OF_THE_DEAD ->
              commands.size() > 1
                  ? commands.stream()
                      .filter(each -> !(each instanceof Command.RecordOutcome))
                      .toList()
                  : commands;
          default -> commands;
        };
    if (planted == Planted.ACKNOWLEDGES_BEFORE_THE_CONFIRM) {
      publish(delivery, task, kept, false);
      follow(delivery, task, delivery.book.settling(task, List.of()));
      return;
    }
    if (planted == Planted.RECORDS_THE_OUTCOME_BEFORE_THE_REST && kept.size() > 1) {
      publish(
          delivery,
          task,
          kept.stream().filter(each -> each instanceof Command.RecordOutcome).toList(),
          false);
    }
    follow(delivery, task, delivery.book.settling(task, kept));
  }

  private void publish(Held delivery, int task, List<Command> commands, boolean awaited) {
    commands.forEach(each -> publications.add(new Publication(delivery, task, each, awaited)));
  }

  private void follow(Held delivery, int task, DeliveryBook.Next next) {
    publish(delivery, task, next.publish(), true);
    follow(delivery, next.step());
  }

  private void follow(Held delivery, DeliveryBook.Step step) {
    switch (step) {
      case NOTHING -> {}
      case ACKNOWLEDGE -> delivery.acknowledging = true;
      case GIVE_BACK -> giveBack(delivery);
    }
  }

  /** The broker takes a publication, or the confirm of one that it has reaches its worker. */
  private void accept() {
    if (publications.isEmpty()) {
      return;
    }
    Publication publication = publications.get(random.nextInt(publications.size()));
    if (!publication.accepted) {
      publication.accepted = true;
      apply(publication.command);
      return;
    }
    publications.remove(publication);
    Held delivery = publication.from;
    if (publication.awaited && held.contains(delivery) && !delivery.book.over()) {
      follow(delivery, publication.task, delivery.book.confirmed(publication.task));
    }
  }

  private void apply(Command command) {
    switch (command) {
      case Command.RecordOutcome(OutcomeEvent event) -> recorded.putIfAbsent(event.task(), event);
      case Command.SendTask send -> {
        Duration ladder = Duration.ofSeconds(Math.ceilDiv(send.delay().toMillis(), 1_000));
        broker.add(new Message(List.of(send.task()), now.plus(ladder)));
        submitted.add(send.task().id());
      }
      case Command.BuryTask(TaskMessage task, Failure failure, Instant at) ->
          buried.add(new Letter(task.id(), task.generation()));
    }
  }

  private void acknowledge() {
    held.removeIf(delivery -> delivery.acknowledging);
  }

  /**
   * A worker dies: what it had not acknowledged returns; what it had sent may have arrived or not.
   */
  private void crash(int worker) {
    List<Held> lost = held.stream().filter(each -> each.worker == worker).toList();
    publications.removeIf(
        publication -> {
          if (publication.from.worker != worker) {
            return false;
          }
          if (!publication.accepted && random.nextBoolean()) {
            apply(publication.command);
          }
          return true;
        });
    lost.forEach(this::giveBack);
    cancellations.comesUp(worker);
  }

  /** The broker refuses a publication for good. */
  private void refuse() {
    List<Publication> open =
        publications.stream().filter(each -> !each.accepted && held.contains(each.from)).toList();
    if (open.isEmpty()) {
      return;
    }
    Publication refused = open.get(random.nextInt(open.size()));
    publications.remove(refused);
    follow(refused.from, refused.from.book.givenUp());
  }

  private void giveBack(Held delivery) {
    if (held.remove(delivery)) {
      delivery.message.redelivered = true;
      delivery.message.readyAt = now;
      broker.add(delivery.message);
    }
  }

  /**
   * Every task without an outcome is in the broker's hands. Whoever sees an outcome finds what it
   * speaks of: the letter of a dead task, and what follows from a success.
   */
  private void check() {
    Set<TaskId> safe = new HashSet<>(recorded.keySet());
    broker.forEach(message -> message.tasks.forEach(task -> safe.add(task.id())));
    held.forEach(delivery -> delivery.message.tasks.forEach(task -> safe.add(task.id())));
    for (TaskId task : submitted) {
      if (!safe.contains(task)) {
        throw new AssertionError("task " + task + " is lost");
      }
    }
    for (OutcomeEvent outcome : recorded.values()) {
      if (isCancelled(outcome) && !cancellations.contains(outcome.task())) {
        throw new AssertionError("nobody has cancelled task " + outcome.task());
      }
      Letter letter = new Letter(outcome.task(), outcome.generation());
      if (outcome.failure() != null && !buried.contains(letter)) {
        throw new AssertionError("task " + letter + " is recorded as dead and has no letter");
      }
      TaskId followUp = followUps.get(outcome);
      if (followUp != null && !submitted.contains(followUp)) {
        throw new AssertionError(
            "task " + letter + " succeeded, and what follows from it was never sent: " + followUp);
      }
    }
  }

  private static String worker(Held delivery) {
    return "worker-" + delivery.worker;
  }
}
