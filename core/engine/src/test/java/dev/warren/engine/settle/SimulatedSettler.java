package dev.warren.engine.settle;

import dev.warren.api.Outcome;
import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** Sends tasks that have not begun back to the queue, as one chunk. */
  void sendAgain(SimulatedDelivery delivery, List<Integer> unstarted) {
    Map<Integer, Command.SendTask> sent = new LinkedHashMap<>();
    boolean awaited = planted != Planted.HANDS_BACK_WITHOUT_AWAITING_THE_CONFIRM;
    for (int task : unstarted) {
      Command again = DispatchRules.split(List.of(mistaken(delivery.task(task)))).getFirst();
      requireSameAttempt(delivery.task(task), (Command.SendTask) again);
      DeliveryBook.Next next = delivery.book.settling(task, awaited ? List.of(again) : List.of());
      if (!awaited || next.publish().contains(again)) {
        sent.put(task, (Command.SendTask) again);
      }
      publisher.follow(delivery, task, new DeliveryBook.Next(next.step(), List.of()));
    }
    if (planted == Planted.LOSES_A_PART_OF_WHAT_IS_HANDED_BACK && sent.size() > 1) {
      int last = unstarted.getLast();
      sent.remove(last);
      publisher.follow(delivery, last, delivery.book.confirmed(last));
    }
    publisher.publishTogether(delivery, sent, awaited);
  }

  private static void requireSameAttempt(TaskMessage task, Command.SendTask again) {
    if (again.task().attempt() != task.attempt()) {
      throw new AssertionError(
          TaskGeneration.of(task) + " lost an attempt although it did not run");
    }
  }

  /** Sends a task to its queue without a word in the book. */
  void sendAnyway(SimulatedDelivery delivery, int task) {
    publisher.publishUnawaited(delivery, task, DispatchRules.split(List.of(delivery.task(task))));
  }

  /** What a fleet with the mistake hands back. */
  private TaskMessage mistaken(TaskMessage task) {
    return switch (planted) {
      case HANDS_BACK_WITH_AN_ATTEMPT -> task.nextAttempt(Planted.neverRan(task.enqueuedAt()));
      case HANDS_BACK_WHAT_IS_CANCELLED_AS_NEW -> task.replayed(task.enqueuedAt());
      default -> task;
    };
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
