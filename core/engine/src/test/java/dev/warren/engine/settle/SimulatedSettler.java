package dev.warren.engine.settle;

import dev.warren.api.Outcome;
import dev.warren.engine.wire.OutcomeEvent;
import java.util.List;

/** Settles tasks with the commands that follow from them, by the book of their delivery. */
final class SimulatedSettler {
  private final Planted planted;
  private final SimulatedPublisher publisher;

  SimulatedSettler(Simulation simulation, SimulatedPublisher publisher) {
    this.planted = simulation.planted;
    this.publisher = publisher;
  }

  void settle(SimulatedDelivery delivery, int task, List<Command> given) {
    List<Command> commands = leaveOut(given);
    switch (planted) {
      case ACKNOWLEDGES_BEFORE_THE_CONFIRM -> {
        publisher.publishUnawaited(delivery, task, commands);
        followTheBook(delivery, task, List.of());
      }
      case ACKNOWLEDGES_A_CHUNK_WITH_ITS_FIRST_TASK -> {
        followTheBook(delivery, task, commands);
        delivery.acknowledging |= delivery.size() > 1;
      }
      case RECORDS_THE_OUTCOME_BEFORE_THE_REST -> {
        if (commands.size() > 1) {
          publisher.publishUnawaited(delivery, task, List.of(commands.getLast()));
        }
        followTheBook(delivery, task, commands);
      }
      case RECORDS_THE_OUTCOME_TWICE -> {
        if (commands.getLast() instanceof Command.RecordOutcome) {
          publisher.publishUnawaited(delivery, task, List.of(commands.getLast()));
        }
        followTheBook(delivery, task, commands);
      }
      default -> followTheBook(delivery, task, commands);
    }
  }

  private void followTheBook(SimulatedDelivery delivery, int task, List<Command> commands) {
    publisher.follow(delivery, task, delivery.book.settling(task, commands));
  }

  /** What a fleet with the mistake leaves out of the commands. */
  private List<Command> leaveOut(List<Command> commands) {
    return switch (planted) {
      case RECORDS_NO_OUTCOME_OF_THE_DEAD ->
          commands.size() > 1 ? List.of(commands.getFirst()) : commands;
      case BURIES_NOTHING ->
          commands.stream().filter(each -> !(each instanceof Command.BuryTask)).toList();
      case RECORDS_A_SUCCESS_BEFORE_WHAT_FOLLOWS ->
          commands.size() > 1 && isSuccess(commands.getLast())
              ? List.of(commands.getLast())
              : commands;
      default -> commands;
    };
  }

  private static boolean isSuccess(Command command) {
    return command instanceof Command.RecordOutcome(OutcomeEvent event)
        && event.status() == Outcome.Status.SUCCEEDED;
  }
}
