package dev.warren.producer.dead;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import java.util.Optional;

/** Says in one line what went wrong with a queue, and what to do. */
final class QueueFailures {
  private QueueFailures() {}

  /** What the broker said, or that it is gone. */
  static WarrenException explain(Connections connections, String queue, Exception failure) {
    Optional<BrokerRefusal> refusal = BrokerRefusal.in(failure);
    if (refusal.isEmpty()) {
      return new BrokerUnreachableException(
          "the connection to the broker at "
              + connections.settings().address()
              + " was lost at "
              + queue
              + "; what was not done is as it was: try again",
          failure);
    }
    if (refusal.get().isNotFound()) {
      return missing(queue);
    }
    if (refusal.get().isAccessRefused()) {
      return new AccessDeniedException(
          "user '"
              + connections.settings().username()
              + "' may not read "
              + queue
              + " ("
              + refusal.get().text()
              + "): this needs the permissions of an operator",
          failure);
    }
    return new TopologyMismatchException(
        queue + " cannot be read: " + refusal.get().text(), failure);
  }

  static WarrenException missing(String queue) {
    return new TaskRefusedException(
        TaskRefusedException.Reason.QUEUE,
        "there is no " + queue + " on this virtual host ('warren queues' lists what there is)");
  }

  /** Why a message was not confirmed, in words that are the same for all such messages. */
  static String reason(Outgoing message, PublishResult result) {
    return switch (result) {
      case PublishResult.Returned returned ->
          "no queue takes "
              + returned.routingKey()
              + ": start a worker that has the type, or bind it with 'warren topology apply"
              + " --types'";
      case PublishResult.Refused refused -> String.valueOf(refused.reason().getMessage());
      case PublishResult.NotSent notSent -> String.valueOf(notSent.reason().getMessage());
      case PublishResult.Undecided undecided -> undecided.reason();
      case PublishResult.Confirmed confirmed ->
          throw new IllegalArgumentException(message.routingKey() + " was confirmed");
    };
  }

  /** The broker is in trouble: with the next message it would be the same. */
  static Optional<WarrenException> trouble(PublishResult result) {
    return switch (result) {
      case PublishResult.NotSent notSent -> Optional.of(notSent.reason());
      case PublishResult.Undecided undecided ->
          Optional.of(
              new SendDeadlineException(
                  "the broker did not confirm in time: "
                      + undecided.reason()
                      + "; what it may have accepted runs, and its letter stays"));
      case PublishResult.Confirmed confirmed -> Optional.empty();
      case PublishResult.Returned returned -> Optional.empty();
      case PublishResult.Refused refused -> Optional.empty();
    };
  }
}
