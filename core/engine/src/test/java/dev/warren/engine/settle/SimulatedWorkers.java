package dev.warren.engine.settle;

/** Some workers with what they run. They decide by the real rules and books. */
final class SimulatedWorkers {
  private final Simulation simulation;
  private final SimulatedDeliveries deliveries;
  private final SimulatedPublisher publisher;
  private final SimulatedRollout rollout;
  private final SimulatedDispatcher dispatcher;
  private final SimulatedAttempts attempts;

  SimulatedWorkers(
      Simulation simulation,
      SimulatedDeliveries deliveries,
      SimulatedPublisher publisher,
      SimulatedSettler settler) {
    this.simulation = simulation;
    this.deliveries = deliveries;
    this.publisher = publisher;
    this.rollout = new SimulatedRollout(simulation);
    this.dispatcher = new SimulatedDispatcher(simulation, deliveries, settler, rollout);
    this.attempts = new SimulatedAttempts(simulation, deliveries, publisher, settler, dispatcher);
  }

  boolean areIdle() {
    return attempts.areOver();
  }

  boolean deliver() {
    return dispatcher.deliver();
  }

  boolean start() {
    return attempts.start();
  }

  boolean finish() {
    return attempts.finish();
  }

  /** A worker hears what has been cancelled. */
  void hear(int worker) {
    dispatcher.hear(worker);
  }

  /** A worker does not get to the rest of a chunk. */
  void handBack() {
    dispatcher.handBack();
  }

  void drain(int worker) {
    dispatcher.drain(worker);
  }

  /**
   * A worker dies: what it had not acknowledged returns; what it had sent may have arrived or not.
   * Perhaps another version comes in its place.
   */
  void crash(int worker) {
    publisher.lose(worker);
    attempts.lose(worker);
    deliveries.loseTheChannel(worker);
    simulation.cancellations.comesUp(worker);
    rollout.replacePerhaps(worker);
  }
}
