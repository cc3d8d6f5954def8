package dev.warren.engine.delivery;

import dev.warren.api.Failure;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt may run, and how long it may go on after it was told to stop. Guarded by its
 * attempt's lock.
 */
final class AttemptLimits {
  private final TaskMessage task;
  private final Duration timeLimit;
  private final Duration stopGrace;
  private final Deadlines deadlines;

  private Deadlines.@Nullable Entry limit;
  private Deadlines.@Nullable Entry patience;
  private boolean overran;
  private boolean toldOfCancel;
  private boolean takenBack;

  AttemptLimits(TaskMessage task, Duration timeLimit, Duration stopGrace, Deadlines deadlines) {
    this.task = task;
    this.timeLimit = timeLimit;
    this.stopGrace = stopGrace;
    this.deadlines = deadlines;
  }

  /** Its time runs from now on. */
  void begin(Runnable whenOver) {
    limit = deadlines.limit(timeLimit, whenOver);
  }

  /** Its time is over, and it has only so long to end. */
  void overran(Runnable giveUp) {
    overran = true;
    expectEnd(giveUp);
  }

  boolean hasOverrun() {
    return overran;
  }

  /** It is cancelled, and has only so long to end; false if it was told before. */
  boolean cancelled(Runnable giveUp) {
    if (toldOfCancel) {
      return false;
    }
    toldOfCancel = true;
    expectEnd(giveUp);
    return true;
  }

  /** It is not to run any more, and has only so long to end; false if it was told before. */
  boolean takenBack(Runnable giveUp) {
    if (takenBack) {
      return false;
    }
    takenBack = true;
    expectEnd(giveUp);
    return true;
  }

  private void expectEnd(Runnable giveUp) {
    if (patience == null) {
      patience = deadlines.schedule(stopGrace, giveUp);
    }
  }

  /** It has ended. */
  void end() {
    if (limit != null) {
      limit.cancel();
      limit = null;
    }
    if (patience != null) {
      patience.cancel();
    }
  }

  /**
   * It was told to stop and has not ended.
   *
   * @param holds the thread that its body holds, if it does
   */
  Failure notEnded(@Nullable Thread holds, String worker) {
    String why =
        overran
            ? "ran longer than its time limit of " + Durations.format(timeLimit)
            : toldOfCancel ? "was cancelled" : "may not run any more";
    String message =
        "attempt %d of task %s (%s) %s and did not end within %s after it was told to stop"
            .formatted(task.attempt(), task.id(), task.type(), why, Durations.format(stopGrace));
    if (holds == null) {
      return Failure.of(Failure.TIME_LIMIT, message + ": its handler should react to onCancel");
    }
    String stack =
        Arrays.stream(holds.getStackTrace())
            .map(frame -> "\tat " + frame)
            .collect(Collectors.joining("\n"));
    return new Failure(
        Failure.TIME_LIMIT,
        message + ": it still runs on " + worker + ", thread " + holds.getName(),
        stack);
  }
}
