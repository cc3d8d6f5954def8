package dev.warren.bench;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** From submission to outcome at fixed rates: an open loop, with a worker of its own each. */
final class LatencyBench implements Scenario.Measurement {
  @Override
  public LatencyReport measure(BenchRun run) throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    int bytes = run.settings().get(BenchKeys.BYTES);
    List<LatencyReport.Round> rounds = new ArrayList<>();
    for (int number = 1; number <= run.rounds(); number++) {
      for (int rate : rates(run.settings())) {
        rounds.add(round(run, number, rate, bytes));
      }
    }
    return new LatencyReport(
        began, machine, run.broker().version(), "echo of %d bytes".formatted(bytes), rounds);
  }

  private static List<Integer> rates(Settings settings) {
    try {
      return settings.get(BenchKeys.RATES).stream().map(Integer::valueOf).toList();
    } catch (NumberFormatException unreadable) {
      throw new ConfigurationException("--rates takes whole numbers, as in 100,1000", unreadable);
    }
  }

  private static LatencyReport.Round round(BenchRun run, int number, int perSecond, int bytes)
      throws InterruptedException {
    FleetPlan plan = FleetPlan.usual(run.settings().get(BenchKeys.WINDOW)).withoutGateway();
    try (BenchFleet fleet = BenchFleet.open(run, plan)) {
      Usage.Meter meter = Usage.Meter.start(fleet.parts());
      Duration time = run.time();
      OpenLoop.Result result = new OpenLoop(fleet.client(), bytes).run(perSecond, time);
      run.say(
          "round %d, %d/s: p50 %.2f ms, p99 %.2f ms"
              .formatted(number, perSecond, result.latency().p50(), result.latency().p99()));
      return new LatencyReport.Round(number, perSecond, result, meter.read());
    }
  }
}
