package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Small tasks by {@code submitAll}, which packs them as it likes; each has its own outcome, back at
 * the client and stored. In turns with PerfTest.
 */
final class Bulk implements Scenario.Measurement {
  /** Of one call of {@code submitAll}. */
  private static final int GROUP = 2_000;

  private static final int WINDOW = 20_000;

  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    int bytes = run.settings().get(BenchKeys.BYTES);
    int window =
        run.settings().isSet(BenchKeys.WINDOW) ? run.settings().get(BenchKeys.WINDOW) : WINDOW;
    String text = Submitters.text(bytes);
    WarrenSide.Load load =
        new WarrenSide.Load(
            "echo of %d bytes, %,d in a call of submitAll"
                .formatted(bytes, Math.min(GROUP, window)),
            window,
            Math.min(GROUP, window),
            1,
            client -> Submitters.together(client, Submitters.ECHO, text));
    Turns turns = new Turns(run, "bulk");
    try (WarrenSide warren = WarrenSide.open(run, FleetPlan.usual(window), load)) {
      List<Side> sides = new ArrayList<>(List.of(warren));
      sides.addAll(PerfTestSide.of(run, bytes));
      turns.measure("", sides);
    }
    return turns.report();
  }
}
