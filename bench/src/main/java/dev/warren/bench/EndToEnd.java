package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Single tasks from the client library through a worker and back, all outcomes stored by a gateway
 * if there is one: a closed loop, in turns with PerfTest.
 */
final class EndToEnd implements Scenario.Measurement {
  private final boolean gateway;

  /**
   * @param gateway whether one stores the outcomes
   */
  EndToEnd(boolean gateway) {
    this.gateway = gateway;
  }

  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    int bytes = run.settings().get(BenchKeys.BYTES);
    int window = run.settings().get(BenchKeys.WINDOW);
    FleetPlan plan = FleetPlan.usual(window);
    Turns turns = new Turns(run, gateway ? "e2e" : "plain");
    try (WarrenSide warren =
        WarrenSide.open(run, gateway ? plan : plan.withoutGateway(), echo(bytes, window))) {
      List<Side> sides = new ArrayList<>(List.of(warren));
      sides.addAll(PerfTestSide.of(run, bytes));
      turns.measure("", sides);
    }
    return turns.report();
  }

  /** Warren with single tasks that are stored, for those who compare it with others. */
  static Side side(BenchRun run) throws InterruptedException {
    int window = run.settings().get(BenchKeys.WINDOW);
    return WarrenSide.open(
        run, FleetPlan.usual(window), echo(run.settings().get(BenchKeys.BYTES), window));
  }

  /** Tasks that return their argument, each submitted alone. */
  static WarrenSide.Load echo(int bytes, int window) {
    String text = Submitters.text(bytes);
    return new WarrenSide.Load(
        "single echo of %d bytes".formatted(bytes),
        window,
        1,
        1,
        client -> Submitters.single(client, Submitters.ECHO, text));
  }
}
