package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.PastAttempt;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A broker and some workers in one thread, with a clock and faults drawn from a seed: submissions
 * of all kinds, workers that crash, drain and are replaced by another version, a broker that
 * restarts, refuses, or does not say whether it has something, an Undertaker, and an operator who
 * replays dead letters. The workers decide by the real rules and books; everything that could go
 * wrong between two decisions does. Every step is entered in {@link SimulatedBooks}.
 */
final class SimulatedFleet {
  /** The type of the failure of what the broker has given up. */
  static final String DELIVERY_LIMIT = "DeliveryLimit";

  private static final String OLD_TYPE = "simulated.old";
  private static final String NEW_TYPE = "simulated.new";
  private static final int MAX_ATTEMPTS = 3;
  private static final TaskOptions OPTIONS =
      TaskOptions.DEFAULT.withRetry(
          new RetryPolicy(MAX_ATTEMPTS, Duration.ofSeconds(1), 2, Duration.ofSeconds(8), true));
  private static final int WORKERS = 3;
  private static final int UNDERTAKER = -1;
  private static final Duration BEYOND_THE_LADDER = Duration.ofDays(30);
  private static final int RESTING_TURNS = 5_000;

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
    final boolean undertaken;
    final SimulatedBroker.Message message;
    final DeliveryBook book;
    final TreeSet<Integer> unstarted = new TreeSet<>();
    boolean acknowledging;

    Held(int worker, boolean undertaken, SimulatedBroker.Message message) {
      this.worker = worker;
      this.undertaken = undertaken;
      this.message = message;
      this.book = new DeliveryBook(message.tasks.size());
    }
  }

  /** An attempt between its start and its verdict. */
  private record Running(Held delivery, int task, Instant started) {}

  /** A replay that is on its way to the broker. */
  private static final class Replay {
    final TaskMessage letter;
    final TaskMessage next;
    boolean accepted;

    Replay(TaskMessage letter, TaskMessage next) {
      this.letter = letter;
      this.next = next;
    }
  }

  private final SplittableRandom random;
  private final Planted planted;
  private Instant now = Instant.ofEpochSecond(1_800_000_000L);

  private final SimulatedBroker broker = new SimulatedBroker();
  private final SimulatedBooks books = new SimulatedBooks(MAX_ATTEMPTS);
  private final SimulatedCancellations cancellations;
  private final List<Held> held = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();
  private final List<Publication> publications = new ArrayList<>();
  private final List<Replay> replays = new ArrayList<>();
  private final IdentityHashMap<OutcomeEvent, TaskMessage> followUps = new IdentityHashMap<>();

  /** Whether a worker is of the version that knows the new type. */
  private final boolean[] isNew = new boolean[WORKERS];

  private int submissionsLeft;
  private int replaysLeft = 2;
  private int losses;

  SimulatedFleet(long seed, Planted planted) {
    this.random = new SplittableRandom(seed);
    this.planted = planted;
    this.cancellations =
        new SimulatedCancellations(
            WORKERS, planted != Planted.TAKES_TASKS_BEFORE_IT_KNOWS_WHAT_IS_CANCELLED);
    this.submissionsLeft = random.nextInt(1, 5);
    boolean rolledOut = random.nextInt(3) > 0;
    for (int worker = 0; worker < WORKERS; worker++) {
      isNew[worker] = rolledOut;
    }
  }

  SimulatedBooks books() {
    return books;
  }

  /** How many deliveries were lost on the way. */
  int losses() {
    return losses;
  }

  /** Runs the schedule, then lets everything come to rest without further faults. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    for (int i = 0; !isAtRest(); i++) {
      if (i > RESTING_TURNS) {
        throw new AssertionError("the fleet does not come to rest");
      }
      rest();
    }
    books.close();
  }

  private boolean isAtRest() {
    return submissionsLeft == 0
        && broker.isEmpty()
        && held.isEmpty()
        && running.isEmpty()
        && publications.isEmpty()
        && replays.isEmpty();
  }

  private void step() {
    int choice = random.nextInt(100);
    if (choice < 8) {
      submit();
    } else if (choice < 24) {
      deliver();
    } else if (choice < 37) {
      start();
    } else if (choice < 50) {
      finish();
    } else if (choice < 70) {
      accept();
    } else if (choice < 78) {
      acknowledge();
    } else if (choice < 84) {
      now = now.plusMillis(random.nextInt(1, 3_000));
    } else if (choice < 86) {
      hear(random.nextInt(WORKERS));
    } else if (choice < 87) {
      cancel();
    } else if (choice < 89) {
      undertake();
    } else if (choice < 91) {
      replay();
    } else {
      fault();
    }
  }

  private void fault() {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> crash(random.nextInt(WORKERS));
      case 3 -> drain(random.nextInt(WORKERS));
      case 4 -> loseTheChannel(random.nextInt(-1, WORKERS));
      case 5, 6 -> refuse();
      case 7, 8 -> undecide();
      default -> restartTheBroker();
    }
  }

  /** A turn without faults: all that can go on does; when nothing can, time passes. */
  private void rest() {
    submit();
    for (int worker = 0; worker < WORKERS; worker++) {
      hear(worker);
    }
    boolean busy = deliver();
    busy |= undertake();
    busy |= start();
    busy |= finish();
    while (accept()) {
      busy = true;
    }
    busy |= acknowledge();
    busy |= replay();
    if (!busy) {
      broker.nextDue().filter(due -> due.isAfter(now)).ifPresent(due -> now = due);
    }
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  // ---- what people do

  private void submit() {
    if (submissionsLeft == 0) {
      return;
    }
    submissionsLeft--;
    int size = chance(4) ? random.nextInt(2, 4) : 1;
    String type = chance(4) ? NEW_TYPE : OLD_TYPE;
    boolean delayed = size == 1 && chance(4);
    Duration delay =
        delayed
            ? chance(8) ? BEYOND_THE_LADDER : Duration.ofMillis(random.nextInt(1, 10_000))
            : Duration.ZERO;
    Instant due = delayed ? now.plus(delay) : null;
    Instant expires = chance(6) ? now.plus(delay).plusMillis(random.nextInt(1, 20_000)) : null;
    List<TaskMessage> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      TaskId id = new TaskId(new UUID(7L << 12, random.nextLong()));
      TaskMessage task =
          TaskMessage.of(id, type, "default", JsonText.EMPTY_OBJECT, now)
              .withTerms(new TaskTerms(Priority.NORMAL, null, null, null, due, expires));
      tasks.add(task);
      books.submitted(task);
    }
    broker.accept(tasks, DelayRoute.of(delay, "default", type), now);
  }

  /** Somebody cancels a task, whatever has become of it. */
  private void cancel() {
    books.any(random).ifPresent(cancellations::add);
  }

  /** An operator replays a dead letter, step by step. */
  private boolean replay() {
    if (replays.isEmpty()) {
      Optional<TaskMessage> letter = replaysLeft == 0 ? Optional.empty() : broker.letter(random);
      letter.ifPresent(each -> replays.add(new Replay(each, replayed(each))));
      letter.ifPresent(each -> replaysLeft--);
      return letter.isPresent();
    }
    Replay replay = replays.getFirst();
    boolean removesFirst = planted == Planted.ACKNOWLEDGES_THE_LETTER_BEFORE_THE_REPLAY;
    if (replay.accepted) {
      if (!removesFirst) {
        broker.removeLetter(replay.letter);
      }
      replays.removeFirst();
    } else {
      if (removesFirst) {
        broker.removeLetter(replay.letter);
      }
      take(replay);
    }
    return true;
  }

  private TaskMessage replayed(TaskMessage letter) {
    // A letter of a task of which something was lost may be one of two.
    return planted == Planted.REPLAYS_THE_SAME_GENERATION
        ? letter.withTerms(letter.terms().due())
        : letter.replayed(now);
  }

  private void take(Replay replay) {
    if (planted == Planted.ACKNOWLEDGES_THE_LETTER_BEFORE_THE_REPLAY && chance(2)) {
      // The operator's program dies.
      replays.remove(replay);
      requireReplayable(replay.letter);
      return;
    }
    replay.accepted = true;
    TaskGeneration before = TaskGeneration.of(replay.letter);
    TaskGeneration key = TaskGeneration.of(replay.next);
    boolean again = books.knows(key);
    books.follows(before, key);
    if (again && !books.of(key).isExcused()) {
      throw new AssertionError(key + " is replayed although it was there before");
    }
    books.accepted(replay.next);
    broker.accept(
        List.of(replay.next),
        DelayRoute.of(Duration.ZERO, replay.next.queue(), replay.next.type()),
        now);
  }

  private void requireReplayable(TaskMessage letter) {
    if (broker.letter(random).filter(letter::equals).isEmpty()
        && !books.knows(new TaskGeneration(letter.id(), letter.generation() + 1))) {
      throw new AssertionError("the letter of " + TaskGeneration.of(letter) + " is lost");
    }
  }

  // ---- what workers do

  /** What a worker holds and has not started ends when it hears that it is cancelled. */
  private void hear(int worker) {
    if (!cancellations.hears(worker)
        || planted == Planted.STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED) {
      return;
    }
    for (Held delivery : List.copyOf(held)) {
      for (Integer index : List.copyOf(delivery.unstarted)) {
        TaskMessage task = delivery.message.tasks.get(index);
        if (delivery.worker == worker && isKnownAsCancelled(delivery, task)) {
          delivery.unstarted.remove(index);
          settle(delivery, index, SettleRules.cancelled(task, Ran.not(name(delivery), now)));
        }
      }
    }
  }

  /** Whether a worker takes a task of a delivery for cancelled. */
  private boolean isKnownAsCancelled(Held delivery, TaskMessage task) {
    int worker = delivery.worker;
    return switch (planted) {
      case CANCELS_THE_NEIGHBOURS_IN_A_CHUNK ->
          delivery.message.tasks.stream()
              .anyMatch(each -> cancellations.known(worker, TaskGeneration.of(each)));
      case CANCELS_EVERY_GENERATION ->
          cancellations.known(worker, new TaskGeneration(task.id(), 1))
              || cancellations.known(worker, TaskGeneration.of(task));
      default -> cancellations.known(worker, TaskGeneration.of(task));
    };
  }

  private boolean deliver() {
    SimulatedBroker.Message message = broker.deliver(random, now);
    if (message == null) {
      return false;
    }
    Held delivery = new Held(random.nextInt(WORKERS), false, message);
    held.add(delivery);
    List<TaskMessage> tasks = message.tasks;
    if (tasks.size() > 1
        && message.isRedelivered()
        && planted != Planted.RUNS_A_REDELIVERED_CHUNK_WHOLE) {
      List<Command> parts = DispatchRules.split(tasks);
      for (int i = 0; i < parts.size(); i++) {
        boolean lost = planted == Planted.LOSES_A_PART_OF_A_CHUNK && i == 1;
        settle(delivery, i, lost ? List.of() : List.of(parts.get(i)));
      }
      return true;
    }
    for (int i = 0; i < tasks.size(); i++) {
      dispatch(delivery, i);
    }
    return true;
  }

  private void dispatch(Held delivery, int index) {
    TaskMessage task = delivery.message.tasks.get(index);
    TaskMessage seen =
        switch (planted) {
          case RUNS_EARLY -> task.withTerms(task.terms().due());
          case RUNS_WHAT_HAS_EXPIRED -> task.withTerms(terms(task, null));
          case EXPIRES_TOO_SOON -> {
            Instant expires = task.terms().expiresAt();
            yield expires == null ? task : task.withTerms(terms(task, expires.minusSeconds(2)));
          }
          case FORGETS_SINCE_WHEN_IT_PARKS -> task.withOthers(Map.of());
          default -> task;
        };
    String unknown =
        task.type().equals(NEW_TYPE) && !isNew[delivery.worker] ? "the type is unknown" : null;
    Optional<List<Command>> instead =
        DispatchRules.beforeRun(
            seen, isKnownAsCancelled(delivery, task), unknown, name(delivery), now);
    if (instead.isEmpty()) {
      delivery.unstarted.add(index);
      return;
    }
    List<Command> commands = instead.get();
    boolean parks = unknown != null && commands.getFirst() instanceof Command.SendTask;
    if (parks) {
      books.parked(task, now);
      commands = parked(task, commands);
      requireSameAttempt(task, commands);
    }
    settle(delivery, index, commands);
  }

  private List<Command> parked(TaskMessage task, List<Command> commands) {
    return switch (planted) {
      case PARKS_WITH_AN_ATTEMPT ->
          List.of(new Command.SendTask(task.nextAttempt(failed(now)), Duration.ofSeconds(5)));
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

  private static TaskTerms terms(TaskMessage task, @Nullable Instant expires) {
    TaskTerms terms = task.terms();
    return new TaskTerms(terms.priority(), null, null, null, terms.dueAt(), expires);
  }

  private boolean start() {
    Held delivery = anyWaiting();
    if (delivery == null) {
      return false;
    }
    int index = Objects.requireNonNull(delivery.unstarted.pollFirst());
    TaskMessage task = delivery.message.tasks.get(index);
    Optional<List<Command>> instead =
        DispatchRules.beforeStart(task, isKnownAsCancelled(delivery, task), name(delivery), now);
    if (instead.isPresent()
        && planted != Planted.STARTS_WHAT_EXPIRED_WHILE_IT_WAITED
        && planted != Planted.RUNS_WHAT_HAS_EXPIRED
        && planted != Planted.STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED) {
      settle(delivery, index, instead.get());
      return true;
    }
    if (cancellations.mustBeKnown(delivery.worker, TaskGeneration.of(task))) {
      throw new AssertionError(TaskGeneration.of(task) + " started although it was cancelled");
    }
    if (delivery.message.isRedelivered() && delivery.message.tasks.size() > 1) {
      throw new AssertionError(
          TaskGeneration.of(task) + " runs beside its neighbours after a crash");
    }
    books.started(task, now);
    running.add(new Running(delivery, index, now));
    return true;
  }

  private @Nullable Held anyWaiting() {
    Held chosen = null;
    int waiting = 0;
    for (Held delivery : held) {
      if (!delivery.unstarted.isEmpty() && random.nextInt(++waiting) == 0) {
        chosen = delivery;
      }
    }
    return chosen;
  }

  private boolean finish() {
    if (running.isEmpty()) {
      return false;
    }
    Running attempt = running.remove(random.nextInt(running.size()));
    Held delivery = attempt.delivery();
    if (!held.contains(delivery)) {
      // Its channel was lost meanwhile: nothing follows from it.
      return true;
    }
    TaskMessage task = delivery.message.tasks.get(attempt.task());
    Verdict<JsonText> verdict = verdict();
    Ran ran = new Ran(name(delivery), "threads", attempt.started(), now);
    List<TaskMessage> children =
        task.lineage().parent() == null && chance(4) ? List.of(child(task)) : List.of();
    if (chance(20)) {
      cancellations.add(TaskGeneration.of(task));
      hear(delivery.worker);
    }
    boolean stopped =
        isKnownAsCancelled(delivery, task) && planted != Planted.RETRIES_WHAT_IS_CANCELLED;
    List<Command> commands =
        stopped
            ? SettleRules.settleCancelled(task, verdict, children, ran)
            : SettleRules.settle(task, options(), verdict, children, ran, random);
    if (cancellations.mustBeKnown(delivery.worker, TaskGeneration.of(task))) {
      requireNoFurtherAttempt(task, commands);
    }
    enter(task, verdict, stopped);
    if (verdict instanceof Verdict.Done<JsonText> && !children.isEmpty()) {
      for (Command command : commands) {
        if (command instanceof Command.RecordOutcome(OutcomeEvent event)) {
          followUps.put(event, children.getFirst());
        }
      }
    }
    settle(delivery, attempt.task(), mistaken(task, commands));
    return true;
  }

  private TaskOptions options() {
    return planted == Planted.RETRIES_FOR_EVER
        ? OPTIONS.withRetry(OPTIONS.retry().withMaxAttempts(1_000))
        : OPTIONS;
  }

  private Verdict<JsonText> verdict() {
    Failure failure = Failure.of("Simulated", "failed");
    Duration pause = chance(8) ? BEYOND_THE_LADDER : Duration.ofMillis(random.nextInt(1, 5_000));
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4 -> Verdict.done(JsonText.NULL);
      case 5, 6 -> Verdict.retry(failure);
      case 7 -> Verdict.retryAfter(pause, failure);
      case 8 -> Verdict.snooze(pause);
      default -> Verdict.reject(failure);
    };
  }

  private void enter(TaskMessage task, Verdict<JsonText> verdict, boolean stopped) {
    if (stopped) {
      return;
    }
    switch (verdict) {
      case Verdict.Snooze<JsonText>(Duration pause) -> books.snoozed(task, now.plus(pause));
      case Verdict.Retry<JsonText> retry ->
          books.retries(task, now.plus(retry.after().orElse(Duration.ZERO)));
      default -> {}
    }
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

  private TaskMessage child(TaskMessage parent) {
    TaskId id = TaskId.derived(parent.id(), parent.generation(), "submit/1");
    return TaskMessage.of(id, OLD_TYPE, "default", JsonText.EMPTY_OBJECT, now)
        .withLineage(parent.lineage().childOf(parent.id()));
  }

  private PastAttempt failed(Instant at) {
    return new PastAttempt(1, at, at, "worker", Failure.of("Simulated", "never ran"));
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
          counts ? commands : List.of(new Command.SendTask(next.nextAttempt(failed(now)), wait));
      default -> commands;
    };
  }

  /** The Undertaker takes what the broker has given up. */
  private boolean undertake() {
    SimulatedBroker.Message message = broker.deliverFromInbox();
    if (message == null) {
      return false;
    }
    Held delivery = new Held(UNDERTAKER, true, message);
    held.add(delivery);
    Failure failure = Failure.of(DELIVERY_LIMIT, "too many deliveries");
    for (int i = 0; i < message.tasks.size(); i++) {
      List<Command> commands =
          SettleRules.dead(message.tasks.get(i), failure, Ran.not(name(delivery), now));
      settle(
          delivery,
          i,
          planted == Planted.UNDERTAKES_WITHOUT_AN_OUTCOME
              ? List.of(commands.getFirst())
              : commands);
    }
    return true;
  }

  // ---- settling

  private void settle(Held delivery, int task, List<Command> given) {
    List<Command> commands =
        switch (planted) {
          case RECORDS_NO_OUTCOME_OF_THE_DEAD ->
              given.size() > 1 ? List.of(given.getFirst()) : given;
          case BURIES_NOTHING ->
              given.stream().filter(each -> !(each instanceof Command.BuryTask)).toList();
          case RECORDS_A_SUCCESS_BEFORE_WHAT_FOLLOWS ->
              given.size() > 1 && isSuccess(given.getLast()) ? List.of(given.getLast()) : given;
          default -> given;
        };
    switch (planted) {
      case ACKNOWLEDGES_BEFORE_THE_CONFIRM -> {
        publish(delivery, task, commands, false);
        follow(delivery, task, delivery.book.settling(task, List.of()));
      }
      case ACKNOWLEDGES_A_CHUNK_WITH_ITS_FIRST_TASK -> {
        follow(delivery, task, delivery.book.settling(task, commands));
        delivery.acknowledging |= delivery.message.tasks.size() > 1;
      }
      case RECORDS_THE_OUTCOME_BEFORE_THE_REST -> {
        if (commands.size() > 1) {
          publish(delivery, task, List.of(commands.getLast()), false);
        }
        follow(delivery, task, delivery.book.settling(task, commands));
      }
      case RECORDS_THE_OUTCOME_TWICE -> {
        if (commands.getLast() instanceof Command.RecordOutcome) {
          publish(delivery, task, List.of(commands.getLast()), false);
        }
        follow(delivery, task, delivery.book.settling(task, commands));
      }
      default -> follow(delivery, task, delivery.book.settling(task, commands));
    }
  }

  private static boolean isSuccess(Command command) {
    return command instanceof Command.RecordOutcome(OutcomeEvent event)
        && event.status() == Outcome.Status.SUCCEEDED;
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
  private boolean accept() {
    if (publications.isEmpty()) {
      return false;
    }
    Publication publication = publications.get(random.nextInt(publications.size()));
    if (!publication.accepted) {
      publication.accepted = true;
      apply(publication);
      return true;
    }
    publications.remove(publication);
    confirm(publication);
    return true;
  }

  private void confirm(Publication publication) {
    Held delivery = publication.from;
    if (publication.awaited && held.contains(delivery) && !delivery.book.over()) {
      follow(delivery, publication.task, delivery.book.confirmed(publication.task));
    }
  }

  private void apply(Publication publication) {
    TaskMessage from = publication.from.message.tasks.get(publication.task);
    switch (publication.command) {
      case Command.RecordOutcome(OutcomeEvent event) -> {
        TaskMessage followUp = followUps.get(event);
        if (followUp != null && !books.knows(TaskGeneration.of(followUp))) {
          throw new AssertionError(
              TaskGeneration.of(from)
                  + " succeeded, and what follows was never sent: "
                  + followUp.id());
        }
        books.outcome(event, cancellations.contains(TaskGeneration.of(from)));
      }
      case Command.SendTask send -> {
        books.follows(TaskGeneration.of(from), TaskGeneration.of(send.task()));
        books.accepted(send.task());
        broker.accept(List.of(send.task()), send.route(), now);
      }
      case Command.BuryTask(TaskMessage task, Failure failure, Instant at) -> {
        books.buried(task);
        broker.bury(task);
      }
    }
  }

  private boolean acknowledge() {
    return held.removeIf(
        delivery -> {
          if (delivery.acknowledging) {
            books.acknowledged(delivery.message.tasks);
          }
          return delivery.acknowledging;
        });
  }

  // ---- what breaks

  private void giveBack(Held delivery) {
    if (!held.remove(delivery)) {
      return;
    }
    losses++;
    books.excuse(delivery.message.tasks);
    if (broker.takeBack(delivery.message, delivery.undertaken, now)) {
      books.reachedTheLimit(delivery.message.tasks);
    }
  }

  /**
   * A worker dies: what it had not acknowledged returns; what it had sent may have arrived or not.
   * Perhaps another version comes in its place.
   */
  private void crash(int worker) {
    losePublications(worker);
    lose(worker);
    cancellations.comesUp(worker);
    if (chance(2)) {
      isNew[worker] = !isNew[worker];
    }
  }

  private void losePublications(int worker) {
    List<Publication> lost = publications.stream().filter(of(worker)).toList();
    publications.removeAll(lost);
    for (Publication publication : lost) {
      if (!publication.accepted && random.nextBoolean()) {
        apply(publication);
      }
    }
  }

  private static Predicate<Publication> of(int worker) {
    return publication -> publication.from.worker == worker;
  }

  private void lose(int worker) {
    running.removeIf(attempt -> attempt.delivery().worker == worker);
    loseTheChannel(worker);
  }

  /** The deliveries return; what was published goes on its way, and what runs goes on in vain. */
  private void loseTheChannel(int worker) {
    held.stream().filter(each -> each.worker == worker).toList().forEach(this::giveBack);
  }

  /** A worker stops in order, but for the channel: what runs is given back after the grace. */
  private void drain(int worker) {
    for (Held delivery : held.stream().filter(each -> each.worker == worker).toList()) {
      List<Integer> back = List.copyOf(delivery.unstarted);
      delivery.unstarted.clear();
      if (!back.isEmpty() && back.size() == delivery.message.tasks.size()) {
        giveBack(delivery);
      } else if (planted != Planted.DROPS_THE_UNSTARTED_OF_A_CHUNK_AT_A_DRAIN) {
        back.forEach(index -> settle(delivery, index, again(delivery, index)));
      } else {
        back.forEach(index -> follow(delivery, index, delivery.book.settling(index, List.of())));
      }
    }
  }

  private static List<Command> again(Held delivery, int index) {
    return DispatchRules.split(List.of(delivery.message.tasks.get(index)));
  }

  /** The broker refuses a publication for good. */
  private void refuse() {
    List<Publication> open = publications.stream().filter(each -> !each.accepted).toList();
    if (!open.isEmpty()) {
      Publication refused = open.get(random.nextInt(open.size()));
      publications.remove(refused);
      giveUp(refused);
    }
  }

  /** The publishing connection is lost: nobody knows whether the broker has it. */
  private void undecide() {
    if (publications.isEmpty()) {
      return;
    }
    Publication undecided = publications.remove(random.nextInt(publications.size()));
    if (!undecided.accepted && random.nextBoolean()) {
      apply(undecided);
    }
    if (planted == Planted.TAKES_UNDECIDED_FOR_CONFIRMED) {
      confirm(undecided);
    } else {
      giveUp(undecided);
    }
  }

  private void giveUp(Publication publication) {
    if (publication.awaited && held.contains(publication.from)) {
      follow(publication.from, publication.from.book.givenUp());
    }
  }

  private void restartTheBroker() {
    for (int worker = UNDERTAKER; worker < WORKERS; worker++) {
      losePublications(worker);
      loseTheChannel(worker);
    }
    for (Replay replay : List.copyOf(replays)) {
      if (!replay.accepted && random.nextBoolean()) {
        take(replay);
      }
      if (replay.accepted) {
        // The letter stays, and may be replayed once more.
        books.excuse(List.of(replay.next));
      }
    }
    replays.clear();
  }

  private static String name(Held delivery) {
    return delivery.undertaken ? "undertaker" : "worker-" + delivery.worker;
  }
}
