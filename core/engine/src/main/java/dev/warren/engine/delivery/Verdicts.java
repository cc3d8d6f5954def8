package dev.warren.engine.delivery;

import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.Ran;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.PartOfTask;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the answers of a task's body mean, and what follows from them. */
final class Verdicts {
  private static final Logger LOG = LoggerFactory.getLogger(Verdicts.class);

  /** What metrics call the end of an attempt of a cancelled task that was not done. */
  static final String CANCELLED = "cancelled";

  /** What they call one that could not be started. */
  static final String PARKED = "parked";

  private final TaskMessage task;
  private final TaskOptions options;

  /**
   * @param options of the task's type
   */
  Verdicts(TaskMessage task, TaskOptions options) {
    this.task = task;
    this.options = options;
  }

  /** How long an attempt may run. */
  Duration timeLimit() {
    Duration own = task.terms().timeLimit();
    return own == null ? options.timeLimit() : own;
  }

  /** What a body says, with its result as JSON. */
  <R extends @Nullable Object> Verdict<JsonText> encoded(Verdict<R> verdict) {
    try {
      return switch (verdict) {
        case Verdict.Done<R>(R result) ->
            Verdict.done(JsonCodec.writePart(result, new PartOfTask("result", task.id())));
        case Verdict.Retry<R>(Failure failure, Duration pause) ->
            pause == null ? Verdict.retry(failure) : Verdict.retryAfter(pause, failure);
        case Verdict.Snooze<R>(Duration pause) -> Verdict.snooze(pause);
        case Verdict.Reject<R>(Failure failure) -> Verdict.reject(failure);
      };
    } catch (CodecException unwritable) {
      return Verdict.reject(Failure.of(unwritable));
    }
  }

  /** What it means that a body failed. */
  Verdict<JsonText> of(Throwable failed) {
    if (failed instanceof RejectedTask rejected) {
      String message = rejected.getMessage();
      return Verdict.reject(Failure.of("Rejected", message == null ? "" : message));
    }
    if (failed instanceof CodecException unfit) {
      return Verdict.reject(Failure.of(Failure.INVALID_TASK, unfit.getMessage() + ""));
    }
    boolean again = options.retries(failed);
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

  /** What a body says after its time was up counts only if it is done. */
  Verdict<JsonText> afterOverrun(Verdict<JsonText> given) {
    if (given instanceof Verdict.Retry<JsonText> retry
        && !retry.failure().type().equals(Failure.TIME_LIMIT)) {
      return Verdict.retry(
          Failure.of(
              Failure.TIME_LIMIT,
              "attempt %d of task %s ran longer than its time limit of %s"
                  .formatted(task.attempt(), task.id(), Durations.format(timeLimit()))));
    }
    return given;
  }

  /**
   * What follows from a verdict.
   *
   * @param cancelled whether somebody has cancelled the task
   */
  List<Command> commands(
      Verdict<JsonText> verdict, boolean cancelled, List<TaskMessage> followUps, Ran ran) {
    TaskMessage ended = SuspectRules.afterAttempt(task, verdict);
    try {
      return cancelled
          ? SettleRules.settleCancelled(ended, verdict, followUps, ran)
          : SettleRules.settle(
              ended,
              options,
              SuspectRules.judged(ended, verdict),
              followUps,
              ran,
              ThreadLocalRandom.current());
    } catch (RuntimeException senseless) {
      // As a pause of 10^18 seconds: no time can be computed from it, and no attempt would end.
      LOG.error(
          "nothing can follow from the verdict on task {}: {}", task.id(), verdict, senseless);
      return SettleRules.dead(task, Failure.of(senseless), ran);
    }
  }

  /** Whether an attempt with this verdict was one in vain. */
  static boolean isInVain(Verdict<JsonText> verdict, boolean cancelled) {
    return !cancelled
        && (verdict instanceof Verdict.Retry<JsonText>
            || verdict instanceof Verdict.Reject<JsonText>);
  }

  /** A verdict's name, as metrics have it. */
  static String word(Verdict<JsonText> verdict, boolean cancelled) {
    if (cancelled && !(verdict instanceof Verdict.Done<JsonText>)) {
      return CANCELLED;
    }
    return switch (verdict) {
      case Verdict.Done<JsonText> done -> "done";
      case Verdict.Retry<JsonText> retry -> "retry";
      case Verdict.Snooze<JsonText> snooze -> "snooze";
      case Verdict.Reject<JsonText> reject -> "reject";
    };
  }
}
