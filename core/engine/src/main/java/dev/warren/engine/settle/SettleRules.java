package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.PastAttempt;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.engine.wire.WireLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides what follows from an attempt. Pure: the same input gives the same commands. */
public final class SettleRules {
  private SettleRules() {}

  /**
   * What follows from a verdict.
   *
   * @param followUps tasks that the attempt submitted; they follow from success only
   */
  public static List<Command> settle(
      TaskMessage task,
      TaskOptions type,
      Verdict<JsonText> verdict,
      List<TaskMessage> followUps,
      Ran ran,
      RandomGenerator random) {
    return switch (verdict) {
      case Verdict.Done<JsonText>(JsonText result) -> succeeded(task, result, followUps, ran);
      case Verdict.Retry<JsonText> retry -> retried(task, type, retry, ran, random);
      case Verdict.Snooze<JsonText>(Duration pause) -> List.of(later(task, pause, ran));
      case Verdict.Reject<JsonText>(Failure failure) -> dead(task, failure, ran);
    };
  }

  /**
   * What follows from the verdict of an attempt whose task was cancelled meanwhile. Work that is
   * done is not thrown away: the first end of a task counts. Anything else ends it now, without
   * another attempt and without a dead letter.
   */
  public static List<Command> settleCancelled(
      TaskMessage task, Verdict<JsonText> verdict, List<TaskMessage> followUps, Ran ran) {
    return verdict instanceof Verdict.Done<JsonText>(JsonText result)
        ? succeeded(task, result, followUps, ran)
        : cancelled(task, ran);
  }

  /** A task that somebody has cancelled. */
  public static List<Command> cancelled(TaskMessage task, Ran ran) {
    return List.of(
        new Command.RecordOutcome(outcome(task, Outcome.Status.CANCELLED, null, null, ran)));
  }

  /** A task that can have no further attempt: buried, and then its outcome recorded. */
  public static List<Command> dead(TaskMessage task, Failure failure, Ran ran) {
    return List.of(
        new Command.BuryTask(task.endedBy(past(task, failure, ran)), failure, ran.ended()),
        new Command.RecordOutcome(outcome(task, Outcome.Status.DEAD, null, failure, ran)));
  }

  /**
   * A task that the broker gave up: buried with that as the end of its story, and then its outcome
   * recorded.
   *
   * @param died when the broker did so
   * @param worker the process that says so
   */
  public static List<Command> deadAtBroker(
      TaskMessage task, Failure failure, Instant died, String worker) {
    PastAttempt end = new PastAttempt(task.attempt(), null, died, PastAttempt.BROKER, failure);
    Ran nothing = Ran.not(worker, died);
    return List.of(
        new Command.BuryTask(task.endedBy(end), failure, died),
        new Command.RecordOutcome(outcome(task, Outcome.Status.DEAD, null, failure, nothing)));
  }

  /** A task whose expiry passed before it started. */
  public static List<Command> expired(TaskMessage task, Ran ran) {
    return List.of(
        new Command.RecordOutcome(outcome(task, Outcome.Status.EXPIRED, null, null, ran)));
  }

  private static List<Command> succeeded(
      TaskMessage task, JsonText result, List<TaskMessage> followUps, Ran ran) {
    if (result.size() > WireLimits.MAX_BODY_BYTES) {
      String message =
          "the result of task %s takes %d bytes; at most %d fit in a message: store the data elsewhere"
                  .formatted(task.id(), result.size(), WireLimits.MAX_BODY_BYTES)
              + " and return its address";
      return dead(task, Failure.of(Failure.RESULT_TOO_LARGE, message), ran);
    }
    List<Command> commands = new ArrayList<>(1 + followUps.size());
    for (TaskMessage followUp : followUps) {
      commands.add(new Command.SendTask(followUp, Duration.ZERO));
    }
    commands.add(
        new Command.RecordOutcome(outcome(task, Outcome.Status.SUCCEEDED, result, null, ran)));
    return List.copyOf(commands);
  }

  private static List<Command> retried(
      TaskMessage task,
      TaskOptions type,
      Verdict.Retry<JsonText> retry,
      Ran ran,
      RandomGenerator random) {
    RetryPolicy policy = task.terms().retryOr(type.retry());
    if (task.attempt() >= policy.maxAttempts()) {
      return dead(task, retry.failure(), ran);
    }
    Optional<Duration> asked = retry.after();
    Duration wait = asked.orElseGet(() -> policy.waitAfter(task.attempt(), random));
    TaskMessage next = task.nextAttempt(past(task, retry.failure(), ran));
    if (asked.isPresent()) {
      // Beyond the ladder's reach the worker that gets it early must know how long is left.
      next = next.withTerms(next.terms().dueAt(ran.ended().plus(wait)));
    }
    return List.of(
        new Command.SendTask(
            next, wait, again(task, TaskRetrying.Reason.FAILED, retry.failure(), ran, wait)));
  }

  private static PastAttempt past(TaskMessage task, Failure failure, Ran ran) {
    return new PastAttempt(
        task.attempt(), ran.happened() ? ran.started() : null, ran.ended(), ran.worker(), failure);
  }

  /** The same attempt again, no earlier than after the pause. */
  private static Command later(TaskMessage task, Duration pause, Ran ran) {
    return new Command.SendTask(
        task.withTerms(task.terms().dueAt(ran.ended().plus(pause))),
        pause,
        again(task, TaskRetrying.Reason.SNOOZED, null, ran, pause));
  }

  static TaskRetrying again(
      TaskMessage task,
      TaskRetrying.Reason reason,
      @Nullable Failure failure,
      Ran ran,
      Duration wait) {
    return TaskRetrying.of(
        task, reason, failure, ran.worker(), ran.ended(), ran.ended().plus(wait));
  }

  private static OutcomeEvent outcome(
      TaskMessage task,
      Outcome.Status status,
      @Nullable JsonText result,
      @Nullable Failure failure,
      Ran ran) {
    return new OutcomeEvent(
        task.id(),
        task.generation(),
        task.type(),
        task.queue(),
        task.attempt(),
        ran.worker(),
        ran.lane(),
        task.enqueuedAt(),
        ran.happened() ? ran.started() : null,
        ran.ended(),
        status,
        result,
        failure,
        task.lineage(),
        false);
  }
}
