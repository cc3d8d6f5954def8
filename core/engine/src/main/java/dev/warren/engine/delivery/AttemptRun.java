package dev.warren.engine.delivery;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.DispatchRules;
import dev.warren.engine.settle.Ran;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.settle.SoloGate;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.Progress;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One execution: waits in a lane, runs its body, has a verdict, which it has settled. From waiting
 * it may be given back instead.
 */
final class AttemptRun implements Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRun.class);

  private static final int NOT_NOTED = Integer.MIN_VALUE;

  private final Delivery delivery;
  private final int index;
  private final TaskMessage task;
  private final ServedType served;
  private final Workshop workshop;
  private final Verdicts verdicts;
  private final AttemptLifecycle life;
  private final AttemptMeter meter;
  private volatile long begunAtPace;

  /** It is a suspect in a process of its own, whatever the lane of its type. */
  private final boolean isolated;

  /** Where it waits or runs, and how. */
  private volatile Isolation.Place place;

  /**
   * @param suspect where it runs apart from this process; empty if it runs as its type does
   */
  AttemptRun(
      Delivery delivery,
      int index,
      ServedType served,
      Optional<Isolation.Place> suspect,
      Workshop workshop) {
    this.delivery = delivery;
    this.index = index;
    this.task = delivery.tasks().get(index);
    this.served = served;
    this.place = suspect.orElseGet(served::place);
    this.meter = new AttemptMeter(served.measure());
    this.workshop = workshop;
    this.isolated = suspect.isPresent();
    this.verdicts = new Verdicts(task, place.registration().type().options());
    this.life =
        new AttemptLifecycle(
            new AttemptLimits(
                task, verdicts.timeLimit(), workshop.stopGrace(), workshop.deadlines()));
    workshop.live().waits();
    delivery.attempt(this);
  }

  @Override
  public TaskId task() {
    return task.id();
  }

  @Override
  public String type() {
    return task.type();
  }

  /** Whether it runs in another process: it cannot end this one, and waits for no suspect. */
  private boolean isApart() {
    return lane() == Lane.PROCESS;
  }

  private Lane lane() {
    return place.lane().lane();
  }

  /** Hands it to its lane. */
  void enter() {
    place.lane().execute(this);
  }

  @Override
  public boolean admitted() {
    return isApart() || life.admitted(() -> workshop.turns().admit(this));
  }

  /** Asks for a turn with nothing beside it; nothing if it is over already, as if cancelled. */
  Optional<SoloGate.Answer> offer() {
    return life.offered(() -> workshop.turns().offer(this));
  }

  @Override
  public boolean wantsPlatformThread() {
    // Of a type whose lane is given nothing else is done than what that promises: a virtual thread
    // that is interrupted leaves a read of a socket, and a platform thread does not.
    return lane() == Lane.VIRTUAL && served.chooses() && meter.wantsPlatformThread();
  }

  @Override
  public void run() {
    cancelIfAsked();
    expireIfDue();
    if (moves() || !admitted()) {
      // It is somebody else's by now: nothing of it may be touched here any more.
      return;
    }
    try {
      runHere();
    } finally {
      if (meter.end()) {
        served.choose();
      }
    }
  }

  /** Goes to another lane if that suits its type better, as is known since it waits here. */
  private boolean moves() {
    Isolation.Place better = served.place();
    if (isolated || better.equals(place) || life.isOver()) {
      return false;
    }
    meter.drop();
    place = better;
    enter();
    return true;
  }

  private void runHere() {
    Optional<AttemptLifecycle.Beginning> begun = life.begin(this::beginning, this::overrun);
    if (begun.isEmpty()) {
      return;
    }
    tellOfBegin();
    MDC.put("task", task.id().toString());
    MDC.put("type", task.type());
    MDC.put("queue", task.queue());
    try {
      meter.begin(lane());
      new BodyCall(task, verdicts, meter, this::answer)
          .run(place.registration(), begun.get().context());
    } catch (NotStartedException none) {
      notStarted(none);
    } catch (Throwable failed) {
      // Throwable: an Error of a handler is a failed attempt of its task, not the end of the lane.
      answer(verdicts.of(failed));
    } finally {
      left();
      MDC.remove("task");
      MDC.remove("type");
      MDC.remove("queue");
    }
  }

  private AttemptLifecycle.Beginning beginning() {
    Instant now = workshop.clock().instant();
    return new AttemptLifecycle.Beginning(
        now,
        new AttemptContext(
            task,
            now.plus(verdicts.timeLimit()),
            workshop.clock(),
            new AttemptProgress(workshop.deadlines(), this::tell)),
        isApart() ? NOT_NOTED : workshop.journal().started(task));
  }

  private void tell(Progress progress) {
    workshop.settler().tell(TaskProgress.of(task, progress, workshop.worker()));
  }

  private void tellOfBegin() {
    begunAtPace = delivery.pace().began(task.type());
    delivery.began();
    workshop.live().waitsNoMore();
    workshop.live().runs();
    served.measure().began();
    workshop
        .listener()
        .attemptStarted(
            task.type(), lane(), Duration.ofNanos(System.nanoTime() - delivery.receivedNanos()));
  }

  private void left() {
    if (life.left(() -> workshop.stuck().remove(this))) {
      LOG.warn(
          "attempt {} of task {} ({}), which was given up, has ended",
          task.attempt(),
          task.id(),
          task.type());
    }
    life.gone().forEach(Runnable::run);
    // An interrupt that was meant for the body must not reach the lane's next attempt.
    Thread.interrupted();
  }

  /** The first answer counts; later ones are dropped. */
  private void answer(Verdict<JsonText> given) {
    Instant now = workshop.clock().instant();
    end((end, ran) -> settle(end.late() ? verdicts.afterOverrun(given) : given, end, ran, now));
  }

  /** Its body could not begin: the same attempt comes again, unless its task was cancelled. */
  private void notStarted(NotStartedException why) {
    LOG.warn("task {} ({}) was not started: {}", task.id(), task.type(), why.getMessage());
    Instant now = workshop.clock().instant();
    boolean cancelled = workshop.cancelled().test(task);
    Ran nothing = Ran.not(workshop.worker(), now);
    List<Command> commands =
        cancelled
            ? SettleRules.cancelled(task, nothing)
            : DispatchRules.notStarted(task, why.getMessage() + "", nothing);
    String word = cancelled ? Verdicts.CANCELLED : Verdicts.PARKED;
    end((end, ran) -> settle(new Ended(ran, now, word, false), commands));
  }

  private interface Settling {
    void settle(AttemptLifecycle.End end, AttemptLifecycle.Beginning ran);
  }

  /** Ends it, if nobody has. */
  private void end(Settling settling) {
    AttemptLifecycle.End end = life.end().orElse(null);
    AttemptLifecycle.Beginning ran = end == null ? null : end.ran();
    if (end == null || ran == null) {
      return;
    }
    if (!isApart()) {
      workshop.journal().ended(ran.journalSlot());
    }
    ran.context().progress().end();
    try {
      settling.settle(end, ran);
    } finally {
      over(end);
    }
  }

  private void settle(
      Verdict<JsonText> verdict,
      AttemptLifecycle.End end,
      AttemptLifecycle.Beginning ran,
      Instant now) {
    boolean cancelled = workshop.cancelled().test(task);
    boolean inVain = Verdicts.isInVain(verdict, cancelled);
    if (isolated && SuspectRules.isCrash(verdict)) {
      served.crashed();
    }
    Ran about = new Ran(workshop.worker(), lane().word(), ran.at(), now);
    Admission.Answer.Away back = end.takenBack();
    settle(
        new Ended(ran, now, Verdicts.word(verdict, cancelled), inVain),
        back == null || cancelled || end.late() || verdict instanceof Verdict.Done<JsonText>
            ? verdicts.commands(verdict, cancelled, ran.context().followUps(), about)
            : DispatchRules.away(
                SuspectRules.cleared(back.again()), back.pause(), back.why(), about));
  }

  /** An attempt's end, for those who count. */
  private record Ended(AttemptLifecycle.Beginning ran, Instant at, String word, boolean inVain) {}

  private void settle(Ended ended, List<Command> commands) {
    delivery.pace().ended(task.type(), begunAtPace);
    workshop.live().runsNoMore();
    Duration took = Duration.between(ended.ran().at(), ended.at());
    delivery.ended(took);
    served.measure().ended(took, ended.inVain());
    workshop.listener().attemptEnded(task.type(), lane(), ended.word(), took);
    place.lane().ended(this, ended.inVain(), took);
    workshop.settler().settle(delivery, index, commands);
  }

  /** It has left the lane and the gate, which let others begin. Call once. */
  private void over(AttemptLifecycle.End end) {
    end.actions().forEach(Runnable::run);
    life.gone().forEach(Runnable::run);
    // Also of one that is apart: the gate may know it from before it went there.
    workshop.turns().over(this, end.admitted());
  }

  private void overrun() {
    if (!life.overran(this::giveUp)) {
      return;
    }
    LOG.warn(
        "attempt {} of task {} ({}) has run longer than {}: interrupting it",
        task.attempt(),
        task.id(),
        task.type(),
        Durations.format(verdicts.timeLimit()));
    stop();
  }

  /**
   * It was told to stop and has not ended: settles it as a failed attempt, whatever its body will
   * say. A body that still holds its thread is stuck.
   */
  private void giveUp() {
    Optional<Failure> failure = life.giveUp(workshop.worker(), this::stuck);
    if (failure.isEmpty()) {
      return;
    }
    String stack = failure.get().stack();
    LOG.warn(
        "{}: giving it up{}{}",
        failure.get().message(),
        stack.isEmpty() ? "" : "; it is stuck at\n",
        stack);
    answer(Verdict.retry(failure.get()));
  }

  private void stuck(Instant since) {
    HeldTask held = HeldTask.of(task, lane().word(), HeldTask.State.STUCK, since);
    workshop.stuck().add(this, place.lane(), held);
    served.stuck(meter.onPlatformThread());
  }

  /** The task as it is held now; empty once the attempt is over. */
  Optional<HeldTask> held() {
    return life.held(
        task,
        lane().word(),
        () -> workshop.clock().instant().minusNanos(System.nanoTime() - delivery.receivedNanos()));
  }

  /** Tells the body to stop. */
  void stop() {
    life.stop();
  }

  /**
   * If somebody has cancelled the task: ends the attempt if it waits, without waiting for its turn;
   * tells it to stop if it runs. What is told twice is done once.
   */
  void cancelIfAsked() {
    if (!workshop.cancelled().test(task)) {
      return;
    }
    if (giveBack()) {
      workshop
          .settler()
          .settle(
              delivery,
              index,
              SettleRules.cancelled(task, Ran.not(workshop.worker(), workshop.clock().instant())));
    } else if (life.cancelled(this::giveUp)) {
      LOG.info("task {} ({}) was cancelled: telling it to stop", task.id(), task.type());
      stop();
    }
  }

  /** A task whose expiry passed while it waited here does not start any more. */
  private void expireIfDue() {
    if (task.terms().expiresAt() == null) {
      return;
    }
    Optional<List<Command>> instead =
        DispatchRules.beforeStart(task, false, workshop.worker(), workshop.clock().instant());
    if (instead.isPresent() && giveBack()) {
      workshop.settler().settle(delivery, index, instead.get());
    }
  }

  /** Takes the attempt back from its lane; false if it has started. */
  boolean giveBack() {
    Optional<AttemptLifecycle.End> over = life.giveBack();
    if (over.isEmpty()) {
      return false;
    }
    meter.drop();
    workshop.live().waitsNoMore();
    if (delivery.tasks().size() == 1) {
      place.lane().withdraw(this);
    }
    // Of a chunk many go at once, and for each a lane would look through all that wait in it: it
    // finds out when their turn comes.
    over(over.get());
    return true;
  }

  /**
   * Takes it back from where it waits and sends its task away; false if it has started or ended.
   */
  boolean goAway(Admission.Answer.Away away) {
    if (!giveBack()) {
      return false;
    }
    workshop.listener().wentAway(task.type(), away.why().type());
    workshop
        .settler()
        .settle(
            delivery,
            index,
            DispatchRules.away(
                away.again(),
                away.pause(),
                away.why(),
                Ran.not(workshop.worker(), workshop.clock().instant())));
    return true;
  }

  /** Sends its task away if it waits; tells it to stop if it runs, see {@link Admission}. */
  void takeBack(Admission.Answer.Away away) {
    if (goAway(away) || !life.takenBack(away, this::giveUp)) {
      return;
    }
    LOG.warn(
        "attempt {} of task {} ({}) may not run any more ({}): telling it to stop",
        task.attempt(),
        task.id(),
        task.type(),
        away.why().message());
    stop();
  }

  /** Whether its task may be what ended a worker. */
  boolean isSuspect() {
    return SuspectRules.crashes(task).isPresent();
  }

  /** Which task of its delivery it runs. */
  int index() {
    return index;
  }

  /** Whether it could still be given back. */
  boolean isWaiting() {
    return life.isWaiting();
  }

  /** Whether it has its verdict, or never will have one. */
  boolean isOver() {
    return life.isOver();
  }

  @Override
  public void whenOver(Runnable action) {
    life.whenOver(action);
  }

  /** Runs an action when it is over and its body has returned. */
  void whenGone(Runnable action) {
    life.whenGone(action);
  }
}
