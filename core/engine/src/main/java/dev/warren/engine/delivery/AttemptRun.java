package dev.warren.engine.delivery;

import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.DispatchRules;
import dev.warren.engine.settle.Ran;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.settle.SoloGate;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One execution: waits in a lane, runs its body, has a verdict. From waiting it may be given back
 * instead. Its own lock keeps an interrupt from hitting the lane's thread after the body has
 * returned.
 */
final class AttemptRun implements Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRun.class);

  private enum Stage {
    WAITING,
    RUNNING,
    OVER
  }

  /** What all attempts of an engine share. */
  record Workshop(
      Settler settler,
      LiveDeliveries live,
      StuckAttempts stuck,
      Deadlines deadlines,
      Duration stopGrace,
      KnownExecutions known,
      SuspectTurns turns,
      AttemptJournal journal,
      EngineListener listener,
      Predicate<TaskMessage> cancelled,
      String worker,
      java.time.Clock clock) {}

  private final Delivery delivery;
  private final int index;
  private final TaskMessage task;
  private final Registration<?, ?> registration;
  private final LaneExecutor lane;
  private final Workshop workshop;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private Stage stage = Stage.WAITING;
  private final List<Runnable> whenOver = new ArrayList<>(1);
  private @Nullable Thread thread;
  private @Nullable AttemptContext context;
  private @Nullable Instant started;
  private boolean overran;
  private boolean admitted;
  private boolean toldOfCancel;
  private boolean stuck;
  private int journalSlot;
  private Deadlines.@Nullable Entry limit;
  private Deadlines.@Nullable Entry patience;

  AttemptRun(
      Delivery delivery,
      int index,
      Registration<?, ?> registration,
      LaneExecutor lane,
      Workshop workshop) {
    this.delivery = delivery;
    this.index = index;
    this.task = delivery.tasks().get(index);
    this.registration = registration;
    this.lane = lane;
    this.workshop = workshop;
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

  /** Hands it to its lane. */
  void enter() {
    lane.execute(this);
  }

  @Override
  public boolean admitted() {
    lock.lock();
    try {
      if (stage == Stage.WAITING && !admitted) {
        admitted = workshop.turns().admit(this);
        return admitted;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Asks for a turn with nothing beside it; nothing if it is over already, as if cancelled. */
  Optional<SoloGate.Answer> offer() {
    lock.lock();
    try {
      return stage == Stage.WAITING ? Optional.of(workshop.turns().offer(this)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    cancelIfAsked();
    expireIfDue();
    if (!admitted() || !begin()) {
      return;
    }
    MDC.put("task", task.id().toString());
    MDC.put("type", task.type());
    MDC.put("queue", task.queue());
    try {
      body(registration);
    } catch (Throwable failed) {
      // Throwable: an Error of a handler is a failed attempt of its task, not the end of the lane.
      answer(verdictOf(failed));
    } finally {
      left();
      MDC.remove("task");
      MDC.remove("type");
      MDC.remove("queue");
    }
  }

  private <A, R extends @Nullable Object> void body(Registration<A, R> registered)
      throws Exception {
    A arguments =
        JsonCodec.read(
            task.arguments(), registered.type().argumentType(), "arguments of task " + task.id());
    if (arguments == null && registered.type().argumentType() != Object.class) {
      throw new CodecException("arguments of task " + task.id() + " are null");
    }
    registered.body().run(cast(arguments), currentContext(), new BodyAnswer<R>());
  }

  /** {@code null} reaches only bodies whose argument is any JSON value. */
  @SuppressWarnings("NullAway")
  private static <A> A cast(@Nullable A arguments) {
    return arguments;
  }

  private boolean begin() {
    Duration timeLimit = timeLimit();
    Instant now = workshop.clock().instant();
    lock.lock();
    try {
      if (stage != Stage.WAITING) {
        return false;
      }
      stage = Stage.RUNNING;
      started = now;
      thread = Thread.currentThread();
      context = new AttemptContext(task, now.plus(timeLimit), workshop.clock());
      journalSlot = workshop.journal().started(task);
      limit = workshop.deadlines().schedule(timeLimit, this::overrun);
    } finally {
      lock.unlock();
    }
    workshop.live().waitsNoMore();
    workshop.live().runs();
    workshop
        .listener()
        .attemptStarted(
            task.type(),
            registration.lane(),
            Duration.ofNanos(System.nanoTime() - delivery.receivedNanos()));
    return true;
  }

  /** The body has returned and the thread is the lane's again. */
  private void left() {
    boolean wasStuck;
    lock.lock();
    try {
      thread = null;
      wasStuck = stuck;
      stuck = false;
      if (wasStuck) {
        workshop.stuck().remove(this);
      }
    } finally {
      lock.unlock();
    }
    if (wasStuck) {
      LOG.warn(
          "attempt {} of task {} ({}), which was given up, has ended",
          task.attempt(),
          task.id(),
          task.type());
    }
    // An interrupt that was meant for the body must not reach the lane's next attempt.
    Thread.interrupted();
  }

  private AttemptContext currentContext() {
    lock.lock();
    try {
      if (context == null) {
        throw new IllegalStateException("attempt of task " + task.id() + " has not begun");
      }
      return context;
    } finally {
      lock.unlock();
    }
  }

  /** How a body answers. */
  private final class BodyAnswer<R extends @Nullable Object> implements Registration.Answer<R> {
    @Override
    public void accept(Verdict<R> verdict) {
      answer(encoded(verdict));
    }

    @Override
    public void failed(Throwable error) {
      answer(verdictOf(error));
    }
  }

  /** The first answer counts; later ones are dropped. */
  private void answer(Verdict<JsonText> given) {
    Instant began;
    AttemptContext ran;
    boolean late;
    List<Runnable> actions;
    Instant now = workshop.clock().instant();
    lock.lock();
    try {
      if (stage != Stage.RUNNING || started == null || context == null) {
        return;
      }
      stage = Stage.OVER;
      began = started;
      ran = context;
      late = overran;
      actions = List.copyOf(whenOver);
      workshop.journal().ended(journalSlot);
      cancelTimers();
    } finally {
      lock.unlock();
    }
    Verdict<JsonText> verdict = late ? afterOverrun(given) : given;
    boolean cancelled = workshop.cancelled().test(task);
    workshop.live().runsNoMore();
    workshop
        .listener()
        .attemptEnded(
            task.type(),
            registration.lane(),
            word(verdict, cancelled),
            Duration.between(began, now));
    try {
      workshop
          .settler()
          .settle(
              delivery,
              index,
              settled(
                  verdict,
                  cancelled,
                  ran.followUps(),
                  new Ran(workshop.worker(), registration.lane().word(), began, now)));
    } finally {
      end(actions);
    }
  }

  /** It has left the lane and the gate, which let others begin. Call once, without the lock. */
  private void end(List<Runnable> actions) {
    boolean wasAdmitted;
    lock.lock();
    try {
      wasAdmitted = admitted;
    } finally {
      lock.unlock();
    }
    actions.forEach(Runnable::run);
    workshop.turns().over(this, wasAdmitted);
  }

  private void cancelTimers() {
    if (limit != null) {
      limit.cancel();
    }
    if (patience != null) {
      patience.cancel();
    }
  }

  private List<Command> settled(
      Verdict<JsonText> verdict, boolean cancelled, List<TaskMessage> followUps, Ran ran) {
    // It has ended, and its worker has not: whatever comes next is no suspect any more.
    TaskMessage ended = SuspectRules.cleared(task);
    try {
      return cancelled
          ? SettleRules.settleCancelled(ended, verdict, followUps, ran)
          : SettleRules.settle(
              ended, options(), verdict, followUps, ran, ThreadLocalRandom.current());
    } catch (RuntimeException senseless) {
      // As a pause of 10^18 seconds: no time can be computed from it, and no attempt would end.
      LOG.error(
          "nothing can follow from the verdict on task {}: {}", task.id(), verdict, senseless);
      return SettleRules.dead(task, Failure.of(senseless), ran);
    }
  }

  private static String word(Verdict<JsonText> verdict, boolean cancelled) {
    if (cancelled && !(verdict instanceof Verdict.Done<JsonText>)) {
      return "cancelled";
    }
    return switch (verdict) {
      case Verdict.Done<JsonText> done -> "done";
      case Verdict.Retry<JsonText> retry -> "retry";
      case Verdict.Snooze<JsonText> snooze -> "snooze";
      case Verdict.Reject<JsonText> reject -> "reject";
    };
  }

  /** What a body says after its time was up counts only if it is done. */
  private Verdict<JsonText> afterOverrun(Verdict<JsonText> given) {
    if (given instanceof Verdict.Retry<JsonText> retry
        && !retry.failure().type().equals(Failure.TIME_LIMIT)) {
      return Verdict.retry(
          Failure.of(
              Failure.TIME_LIMIT,
              "attempt %d of task %s ran longer than its time limit of %s"
                  .formatted(task.attempt(), task.id(), timeLimit())));
    }
    return given;
  }

  private <R extends @Nullable Object> Verdict<JsonText> encoded(Verdict<R> verdict) {
    try {
      return switch (verdict) {
        case Verdict.Done<R>(R result) ->
            Verdict.done(JsonCodec.write(result, "result of task " + task.id()));
        case Verdict.Retry<R>(Failure failure, Duration pause) ->
            pause == null ? Verdict.retry(failure) : Verdict.retryAfter(pause, failure);
        case Verdict.Snooze<R>(Duration pause) -> Verdict.snooze(pause);
        case Verdict.Reject<R>(Failure failure) -> Verdict.reject(failure);
      };
    } catch (CodecException unwritable) {
      return Verdict.reject(Failure.of(unwritable));
    }
  }

  private Verdict<JsonText> verdictOf(Throwable failed) {
    if (failed instanceof RejectedTask rejected) {
      String message = rejected.getMessage();
      return Verdict.reject(Failure.of("Rejected", message == null ? "" : message));
    }
    if (failed instanceof CodecException unfit) {
      return Verdict.reject(Failure.of(Failure.INVALID_TASK, unfit.getMessage() + ""));
    }
    boolean again = options().retries(failed);
    LOG.info(
        "attempt {} of task {} ({}) failed{}: {}",
        task.attempt(),
        task.id(),
        task.type(),
        again ? "" : " for good",
        failed.toString());
    Failure failure = Failure.of(failed);
    return again ? Verdict.retry(failure) : Verdict.reject(failure);
  }

  private void overrun() {
    lock.lock();
    try {
      if (stage != Stage.RUNNING) {
        return;
      }
      overran = true;
      expectEnd();
    } finally {
      lock.unlock();
    }
    LOG.warn(
        "attempt {} of task {} ({}) has run longer than {}: interrupting it",
        task.attempt(),
        task.id(),
        task.type(),
        timeLimit());
    stop();
  }

  /** It is told to stop, and has only so long to do so. Call with the lock. */
  private void expectEnd() {
    if (patience == null) {
      patience = workshop.deadlines().schedule(workshop.stopGrace(), this::giveUp);
    }
  }

  /**
   * It was told to stop and has not ended: settles it as a failed attempt, whatever its body will
   * say. A body that still holds its thread is stuck.
   */
  private void giveUp() {
    Failure failure;
    Thread holds;
    lock.lock();
    try {
      if (stage != Stage.RUNNING || started == null) {
        return;
      }
      holds = thread;
      failure = notEnded(holds);
      if (holds != null) {
        stuck = true;
        workshop.stuck().add(this, lane, held(HeldTask.State.STUCK, started));
      }
    } finally {
      lock.unlock();
    }
    LOG.warn(
        "{}: giving it up{}{}",
        failure.message(),
        holds == null ? "" : "; it is stuck at\n",
        failure.stack());
    answer(Verdict.retry(failure));
  }

  private Failure notEnded(@Nullable Thread holds) {
    String why = overran ? "ran longer than its time limit of " + timeLimit() : "was cancelled";
    String message =
        "attempt %d of task %s (%s) %s and did not end within %s after it was told to stop"
            .formatted(task.attempt(), task.id(), task.type(), why, workshop.stopGrace());
    if (holds == null) {
      return Failure.of(Failure.TIME_LIMIT, message + ": its handler should react to onCancel");
    }
    String stack =
        Arrays.stream(holds.getStackTrace())
            .map(frame -> "\tat " + frame)
            .collect(Collectors.joining("\n"));
    return new Failure(
        Failure.TIME_LIMIT,
        message + ": it still runs on " + workshop.worker() + ", thread " + holds.getName(),
        stack);
  }

  /** The task as it is held now; empty once the attempt is over. */
  Optional<HeldTask> held() {
    HeldTask.State state;
    Instant since;
    lock.lock();
    try {
      if (stage == Stage.OVER) {
        return Optional.empty();
      }
      state = stage == Stage.WAITING ? HeldTask.State.HELD : HeldTask.State.RUNNING;
      since =
          started == null
              ? workshop.clock().instant().minusNanos(System.nanoTime() - delivery.receivedNanos())
              : started;
    } finally {
      lock.unlock();
    }
    return Optional.of(held(state, since));
  }

  private HeldTask held(HeldTask.State state, Instant since) {
    return new HeldTask(
        task.id(),
        task.generation(),
        task.attempt(),
        task.type(),
        task.queue(),
        state,
        since,
        registration.lane().word());
  }

  /** Tells the body to stop, by its context and by an interrupt if it holds a thread. */
  void stop() {
    AttemptContext running;
    lock.lock();
    try {
      running = context;
    } finally {
      lock.unlock();
    }
    if (running != null) {
      running.cancel();
    }
    lock.lock();
    try {
      if (stage == Stage.RUNNING && thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
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
      return;
    }
    lock.lock();
    try {
      if (stage != Stage.RUNNING || toldOfCancel) {
        return;
      }
      toldOfCancel = true;
      expectEnd();
    } finally {
      lock.unlock();
    }
    LOG.info("task {} ({}) was cancelled: telling it to stop", task.id(), task.type());
    stop();
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
    List<Runnable> actions;
    lock.lock();
    try {
      if (stage != Stage.WAITING) {
        return false;
      }
      stage = Stage.OVER;
      actions = List.copyOf(whenOver);
    } finally {
      lock.unlock();
    }
    workshop.live().waitsNoMore();
    lane.withdraw(this);
    end(actions);
    return true;
  }

  /** Whether its task may be what ended a worker. */
  boolean isSuspect() {
    return SuspectRules.crashes(task).isPresent();
  }

  /**
   * Sends a task that was given back to its queue on its own: its neighbours of a chunk run here.
   */
  void sendAgain() {
    workshop.settler().settle(delivery, index, DispatchRules.split(List.of(task)));
  }

  @Override
  public void whenOver(Runnable action) {
    lock.lock();
    try {
      if (stage != Stage.OVER) {
        whenOver.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  private TaskOptions options() {
    return registration.type().options();
  }

  private Duration timeLimit() {
    Duration own = task.terms().timeLimit();
    return own == null ? options().timeLimit() : own;
  }
}
