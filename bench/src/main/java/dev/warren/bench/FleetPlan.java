package dev.warren.bench;

import java.util.List;

/**
 * Which fleet is measured.
 *
 * @param gateway whether a gateway stores every outcome
 * @param workerOptions flags of {@code warren worker}, besides those of the command line
 * @param window unconfirmed tasks of the client at most
 */
public record FleetPlan(boolean gateway, List<String> workerOptions, int window) {
  public FleetPlan {
    workerOptions = List.copyOf(workerOptions);
  }

  /** A gateway, a worker as it is by default, and a client. */
  public static FleetPlan usual(int window) {
    return new FleetPlan(true, List.of(), window);
  }

  public FleetPlan withoutGateway() {
    return new FleetPlan(false, workerOptions, window);
  }

  public FleetPlan withWorkerOptions(List<String> options) {
    return new FleetPlan(gateway, options, window);
  }
}
