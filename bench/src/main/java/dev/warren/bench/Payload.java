package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;

/** End to end with arguments, and so results, of several sizes, in turns with PerfTest. */
final class Payload implements Scenario.Measurement {
  /** No more than so many bytes are unfinished: matters to large ones only. */
  private static final int BYTES_UNFINISHED = 32 << 20;

  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    Turns turns = new Turns(run, "payload");
    for (int bytes : run.numbers(BenchKeys.SIZES, 2, 10_000_000)) {
      int window = Math.clamp(BYTES_UNFINISHED / bytes, 1, run.settings().get(BenchKeys.WINDOW));
      try (WarrenSide warren =
          WarrenSide.open(run, FleetPlan.usual(window), EndToEnd.echo(bytes, window))) {
        List<Side> sides = new ArrayList<>(List.of(warren));
        sides.addAll(PerfTestSide.of(run, bytes));
        turns.measure("%,d bytes".formatted(bytes), sides);
      }
    }
    return turns.report();
  }
}
