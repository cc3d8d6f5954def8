package dev.warren.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * End to end for long: whether rate and memory stay as they are, and whether anything is lost. It
 * is measured in slices; between them all tasks have ended.
 */
final class Soak implements Scenario.Measurement {
  private static final Duration USUAL = Duration.ofMinutes(10);
  private static final Duration SLICE = Duration.ofSeconds(10);

  @Override
  public SoakReport measure(BenchRun run) throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    Duration time = run.settings().isSet(BenchKeys.SECONDS) ? run.time() : USUAL;
    int window = run.settings().get(BenchKeys.WINDOW);
    WarrenSide.Load load = EndToEnd.echo(run.settings().get(BenchKeys.BYTES), window);
    try (WarrenSide warren = WarrenSide.open(run, FleetPlan.usual(window), load)) {
      Sample warmUp = warren.warmUp(run.warmUp());
      List<SoakReport.Heap> atStart = heaps(warren.fleet());
      List<SoakReport.Slice> slices = new ArrayList<>();
      long start = System.nanoTime();
      for (long left = time.toNanos(); left > 0; left = time.toNanos() - since(start)) {
        Duration next = Duration.ofNanos(Math.min(left, SLICE.toNanos()));
        Sample sample = warren.measure(next);
        slices.add(new SoakReport.Slice(since(start) / 1e9, sample));
        run.say(
            "%.0f s: %,.0f/s, %.1f us of processor time each"
                .formatted(since(start) / 1e9, sample.perSecond(), sample.micros()));
      }
      return new SoakReport(
          began,
          machine,
          run.broker().version(),
          warren.setting(),
          warmUp,
          slices,
          atStart,
          heaps(warren.fleet()));
    }
  }

  private static long since(long start) {
    return System.nanoTime() - start;
  }

  private static List<SoakReport.Heap> heaps(BenchFleet fleet) throws InterruptedException {
    List<SoakReport.Heap> heaps = new ArrayList<>();
    heaps.add(new SoakReport.Heap("worker", Memory.of(fleet.worker())));
    if (fleet.gateway().isPresent()) {
      heaps.add(new SoakReport.Heap("gateway", Memory.of(fleet.gateway().get())));
    }
    return heaps;
  }
}
