package dev.warren.engine.settle;

import java.time.Duration;

/**
 * A broker and some workers in one thread, with a clock and faults drawn from a seed: submissions
 * of all kinds, workers that crash, drain and are replaced by another version, a broker that
 * restarts, refuses, or does not say whether it has something, an Undertaker, and an operator who
 * replays dead letters. The workers decide by the real rules and books; everything that could go
 * wrong between two decisions does. Every step is entered in {@link SimulatedBooks}.
 *
 * <p>This is the schedule: who has the next turn.
 */
final class SimulatedFleet {
  private static final int RESTING_TURNS = 5_000;

  private final Simulation simulation;
  private final SimulatedClients clients;
  private final SimulatedDeliveries deliveries;
  private final SimulatedPublisher publisher;
  private final SimulatedWorkers workers;
  private final SimulatedUndertaker undertaker;
  private final SimulatedOperator operator;
  private final SimulatedFaults faults;

  SimulatedFleet(long seed, Planted planted) {
    simulation = new Simulation(seed, planted);
    clients = new SimulatedClients(simulation);
    deliveries = new SimulatedDeliveries(simulation);
    publisher = new SimulatedPublisher(simulation, deliveries);
    SimulatedSettler settler = new SimulatedSettler(simulation, publisher);
    workers = new SimulatedWorkers(simulation, deliveries, publisher, settler);
    undertaker = new SimulatedUndertaker(simulation, deliveries, settler);
    operator = new SimulatedOperator(simulation);
    faults = new SimulatedFaults(simulation, deliveries, publisher, workers, operator);
  }

  SimulatedBooks books() {
    return simulation.books;
  }

  /** How many deliveries were lost on the way. */
  int losses() {
    return deliveries.losses();
  }

  /** Runs the schedule, then lets everything come to rest without further faults. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    for (int i = 0; !isAtRest(); i++) {
      if (i > RESTING_TURNS) {
        throw new AssertionError("the fleet does not come to rest");
      }
      rest();
    }
    simulation.books.close();
  }

  private boolean isAtRest() {
    return clients.areDone()
        && simulation.broker.isEmpty()
        && deliveries.isEmpty()
        && workers.areIdle()
        && publisher.isEmpty()
        && operator.isIdle();
  }

  private void step() {
    int choice = simulation.random.nextInt(100);
    if (choice < 8) {
      clients.submit();
    } else if (choice < 24) {
      workers.deliver();
    } else if (choice < 37) {
      workers.start();
    } else if (choice < 48) {
      workers.finish();
    } else if (choice < 50) {
      workers.handBack();
    } else if (choice < 70) {
      publisher.accept();
    } else if (choice < 78) {
      deliveries.acknowledge();
    } else if (choice < 84) {
      simulation.clock.pass(Duration.ofMillis(simulation.random.nextInt(1, 3_000)));
    } else if (choice < 86) {
      workers.hear(simulation.random.nextInt(Simulation.WORKERS));
    } else if (choice < 87) {
      clients.cancel();
    } else if (choice < 89) {
      undertaker.undertake();
    } else if (choice < 91) {
      operator.replay();
    } else {
      faults.happen();
    }
  }

  /** A turn without faults: all that can go on does; when nothing can, time passes. */
  private void rest() {
    clients.submit();
    for (int worker = 0; worker < Simulation.WORKERS; worker++) {
      workers.hear(worker);
    }
    boolean busy = workers.deliver();
    busy |= undertaker.undertake();
    busy |= workers.start();
    busy |= workers.finish();
    while (publisher.accept()) {
      busy = true;
    }
    busy |= deliveries.acknowledge();
    busy |= operator.replay();
    if (!busy) {
      simulation.broker.nextDue().ifPresent(simulation.clock::passUntil);
    }
  }
}
