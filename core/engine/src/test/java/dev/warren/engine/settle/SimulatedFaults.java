package dev.warren.engine.settle;

import java.util.SplittableRandom;

/** What breaks: workers, channels, publications, and the broker. */
final class SimulatedFaults {
  private final SplittableRandom random;
  private final SimulatedDeliveries deliveries;
  private final SimulatedPublisher publisher;
  private final SimulatedWorkers workers;
  private final SimulatedOperator operator;

  SimulatedFaults(
      Simulation simulation,
      SimulatedDeliveries deliveries,
      SimulatedPublisher publisher,
      SimulatedWorkers workers,
      SimulatedOperator operator) {
    this.random = simulation.random;
    this.deliveries = deliveries;
    this.publisher = publisher;
    this.workers = workers;
    this.operator = operator;
  }

  /** Any of them happens. */
  void happen() {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> workers.crash(random.nextInt(Simulation.WORKERS));
      case 3 -> workers.drain(random.nextInt(Simulation.WORKERS));
      case 4 ->
          deliveries.loseTheChannel(
              random.nextInt(SimulatedDelivery.UNDERTAKER, Simulation.WORKERS));
      case 5, 6 -> publisher.refuse();
      case 7, 8 -> publisher.undecide();
      default -> restartTheBroker();
    }
  }

  private void restartTheBroker() {
    for (int worker = SimulatedDelivery.UNDERTAKER; worker < Simulation.WORKERS; worker++) {
      publisher.lose(worker);
      deliveries.loseTheChannel(worker);
    }
    operator.loseTheConnection();
  }
}
