package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all workers publish on its way to the broker, and the confirms on their way back. It does
 * what the book of a delivery says.
 */
final class SimulatedPublisher {
  /** What follows from one task. */
  private record Part(int task, Command command) {}

  /** A message between a worker and the broker: one command, or the tasks of a chunk. */
  private static final class Publication {
    final SimulatedDelivery from;
    final List<Part> parts;
    final boolean awaited;
    boolean accepted;

    Publication(SimulatedDelivery from, List<Part> parts, boolean awaited) {
      this.from = from;
      this.parts = parts;
      this.awaited = awaited;
    }
  }

  private final Simulation simulation;
  private final SimulatedDeliveries deliveries;
  private final List<Publication> publications = new ArrayList<>();
  private final IdentityHashMap<OutcomeEvent, TaskMessage> followUps = new IdentityHashMap<>();

  SimulatedPublisher(Simulation simulation, SimulatedDeliveries deliveries) {
    this.simulation = simulation;
    this.deliveries = deliveries;
  }

  boolean isEmpty() {
    return publications.isEmpty();
  }

  /** The outcome must not come before what follows from it. */
  void expectBefore(OutcomeEvent outcome, TaskMessage followUp) {
    followUps.put(outcome, followUp);
  }

  /** Publishes what no book waits for. */
  void publishUnawaited(SimulatedDelivery delivery, int task, List<Command> commands) {
    publish(delivery, task, commands, false);
  }

  /** Does what the book of a delivery says. */
  void follow(SimulatedDelivery delivery, int task, DeliveryBook.Next next) {
    publish(delivery, task, next.publish(), true);
    follow(delivery, next.step());
  }

  private void follow(SimulatedDelivery delivery, DeliveryBook.Step step) {
    switch (step) {
      case NOTHING -> {}
      case ACKNOWLEDGE -> delivery.acknowledging = true;
      case GIVE_BACK -> deliveries.giveBack(delivery);
    }
  }

  private void publish(
      SimulatedDelivery delivery, int task, List<Command> commands, boolean awaited) {
    commands.forEach(
        each ->
            publications.add(new Publication(delivery, List.of(new Part(task, each)), awaited)));
  }

  /**
   * Publishes tasks of a delivery as one chunk.
   *
   * @param tasks by their index in the delivery
   * @param awaited whether the book waits for it
   */
  void publishTogether(
      SimulatedDelivery delivery, Map<Integer, Command.SendTask> tasks, boolean awaited) {
    List<Part> parts = new ArrayList<>();
    tasks.forEach((task, command) -> parts.add(new Part(task, command)));
    if (!parts.isEmpty()) {
      publications.add(new Publication(delivery, parts, awaited));
    }
  }

  /** The broker takes a publication, or the confirm of one that it has reaches its worker. */
  boolean accept() {
    if (publications.isEmpty()) {
      return false;
    }
    Publication publication = publications.get(simulation.random.nextInt(publications.size()));
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
    SimulatedDelivery delivery = publication.from;
    for (Part part : publication.parts) {
      if (publication.awaited && deliveries.holds(delivery) && !delivery.book.over()) {
        follow(delivery, part.task(), delivery.book.confirmed(part.task()));
      }
    }
  }

  private void apply(Publication publication) {
    if (publication.parts.size() == 1) {
      Part part = publication.parts.getFirst();
      apply(TaskGeneration.of(publication.from.task(part.task())), part.command());
      return;
    }
    List<TaskMessage> chunk = new ArrayList<>();
    for (Part part : publication.parts) {
      TaskMessage task = ((Command.SendTask) part.command()).task();
      simulation.books.follows(
          TaskGeneration.of(publication.from.task(part.task())), TaskGeneration.of(task));
      simulation.books.accepted(task);
      chunk.add(task);
    }
    Command.SendTask first = (Command.SendTask) publication.parts.getFirst().command();
    simulation.broker.accept(chunk, first.route(), simulation.now());
  }

  private void apply(TaskGeneration from, Command command) {
    SimulatedBooks books = simulation.books;
    switch (command) {
      case Command.RecordOutcome(OutcomeEvent event) -> {
        requireFollowUp(from, event);
        books.outcome(event, simulation.cancellations.contains(from));
      }
      case Command.SendTask send -> {
        books.follows(from, TaskGeneration.of(send.task()));
        books.accepted(send.task());
        simulation.broker.accept(List.of(send.task()), send.route(), simulation.now());
      }
      case Command.BuryTask(TaskMessage task, Failure failure, Instant at) -> {
        books.buried(task);
        simulation.broker.bury(task);
      }
    }
  }

  private void requireFollowUp(TaskGeneration from, OutcomeEvent event) {
    TaskMessage followUp = followUps.get(event);
    if (followUp != null && !simulation.books.knows(TaskGeneration.of(followUp))) {
      throw new AssertionError(
          from + " succeeded, and what follows was never sent: " + followUp.id());
    }
  }

  /** The broker refuses a publication for good. */
  void refuse() {
    List<Publication> open = publications.stream().filter(each -> !each.accepted).toList();
    if (!open.isEmpty()) {
      Publication refused = open.get(simulation.random.nextInt(open.size()));
      publications.remove(refused);
      giveUp(refused);
    }
  }

  /** The publishing connection is lost: nobody knows whether the broker has it. */
  void undecide() {
    if (publications.isEmpty()) {
      return;
    }
    Publication undecided = publications.remove(simulation.random.nextInt(publications.size()));
    applyPerhaps(undecided);
    if (simulation.planted == Planted.TAKES_UNDECIDED_FOR_CONFIRMED) {
      confirm(undecided);
    } else {
      giveUp(undecided);
    }
  }

  private void giveUp(Publication publication) {
    if (publication.awaited && deliveries.holds(publication.from)) {
      follow(publication.from, publication.from.book.givenUp());
    }
  }

  /** The worker is gone: what it had sent may have arrived or not, and no confirm reaches it. */
  void lose(int worker) {
    List<Publication> lost =
        publications.stream().filter(each -> each.from.worker == worker).toList();
    publications.removeAll(lost);
    lost.forEach(this::applyPerhaps);
  }

  private void applyPerhaps(Publication publication) {
    if (!publication.accepted && simulation.random.nextBoolean()) {
      apply(publication);
    }
  }
}
