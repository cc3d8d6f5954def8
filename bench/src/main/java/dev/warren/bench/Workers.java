package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;

/** End to end with several worker JVMs, in turns with PerfTest. */
final class Workers implements Scenario.Measurement {
  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    int bytes = run.settings().get(BenchKeys.BYTES);
    int window = run.settings().get(BenchKeys.WINDOW);
    Turns turns = new Turns(run, "workers");
    for (int workers : run.numbers(BenchKeys.WORKERS, 1, 256)) {
      FleetPlan plan =
          FleetPlan.usual(window)
              .withWorkerOptions(List.of("--processes", Integer.toString(workers)));
      try (WarrenSide warren = WarrenSide.open(run, plan, EndToEnd.echo(bytes, window))) {
        List<Side> sides = new ArrayList<>(List.of(warren));
        sides.addAll(PerfTestSide.of(run, bytes));
        turns.measure(workers == 1 ? "1 worker" : workers + " workers", sides);
      }
    }
    return turns.report();
  }
}
