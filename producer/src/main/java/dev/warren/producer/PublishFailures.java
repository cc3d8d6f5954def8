package dev.warren.producer;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;

/** Says in one line why a task was not submitted, and what to do about it. */
final class PublishFailures {
  private PublishFailures() {}

  /**
   * Explains a result other than a confirm.
   *
   * @param hint where a returned task could have gone instead, for people; or empty
   */
  static WarrenException explain(
      TaskMessage task, PublishResult result, Duration deadline, String hint) {
    return switch (result) {
      case PublishResult.Returned returned -> unknownType(task, hint);
      case PublishResult.Refused refused -> refused(task, refused.reason());
      case PublishResult.NotSent notSent -> notSent(task, notSent.reason(), deadline);
      case PublishResult.Undecided undecided ->
          new SendDeadlineException(
              "task "
                  + task.id()
                  + " ("
                  + task.type()
                  + ") was not confirmed within "
                  + text(deadline)
                  + ": "
                  + undecided.reason()
                  + "; it may have been accepted: submit it again under the same id");
      case PublishResult.Confirmed confirmed ->
          throw new IllegalArgumentException("task " + task.id() + " was confirmed");
    };
  }

  static WarrenException noRoom(TaskMessage task, Duration deadline, String why) {
    return new BrokerUnreachableException(
        "task "
            + task.id()
            + " ("
            + task.type()
            + ") was not sent within "
            + text(deadline)
            + ": too many tasks before it are unconfirmed, as "
            + why);
  }

  private static TaskRefusedException unknownType(TaskMessage task, String hint) {
    String what = "no task type '" + task.type() + "' in queue '" + task.queue() + "'";
    String help =
        hint.isEmpty()
            ? ": no worker has registered it; start one that has it, or bind it with 'warren"
                + " topology apply --types'"
            : "; " + hint;
    return new TaskRefusedException(TaskRefusedException.Reason.UNKNOWN_TYPE, what + help);
  }

  private static WarrenException refused(TaskMessage task, WarrenException reason) {
    if (reason instanceof TaskRefusedException refusal) {
      return new TaskRefusedException(
          refusal.reason(),
          "queue '"
              + task.queue()
              + "' did not take task "
              + task.id()
              + " ("
              + task.type()
              + "): "
              + refusal.getMessage(),
          refusal);
    }
    return reason;
  }

  private static WarrenException notSent(
      TaskMessage task, WarrenException reason, Duration deadline) {
    if (reason instanceof BrokerUnreachableException) {
      return new BrokerUnreachableException(
          "task "
              + task.id()
              + " ("
              + task.type()
              + ") was not sent within "
              + text(deadline)
              + ": "
              + reason.getMessage(),
          reason);
    }
    return reason;
  }

  static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
  }
}
