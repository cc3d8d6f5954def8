package dev.warren.engine.settle;

/** Which version of the program each worker runs; the new one knows one more type. */
final class SimulatedRollout {
  static final String OLD_TYPE = "simulated.old";
  static final String NEW_TYPE = "simulated.new";

  private final Simulation simulation;
  private final boolean[] isNew = new boolean[Simulation.WORKERS];

  SimulatedRollout(Simulation simulation) {
    this.simulation = simulation;
    boolean rolledOut = simulation.random.nextInt(3) > 0;
    for (int worker = 0; worker < isNew.length; worker++) {
      isNew[worker] = rolledOut;
    }
  }

  boolean knows(int worker, String type) {
    return isNew[worker] || !type.equals(NEW_TYPE);
  }

  /** Perhaps the other version comes in a worker's place. */
  void replacePerhaps(int worker) {
    if (simulation.chance(2)) {
      isNew[worker] = !isNew[worker];
    }
  }
}
