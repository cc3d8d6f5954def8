package dev.warren.bench.latency;

import dev.warren.bench.BenchKeys;
import dev.warren.bench.BenchRun;
import dev.warren.bench.Machine;
import dev.warren.engine.configuration.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Lets Warren and a hand-tuned program take turns: at fixed rates, or as fast as they can. All
 * programs are started and warmed up before the first round.
 */
public final class LatencyBench {
  private static final Duration SETTLING = Duration.ofSeconds(2);
  private static final int WARM_UP_WINDOW = 100;
  private static final int WARM_UP_RATE = 1_000;
  private static final double[] CURVE = {
    0, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99
  };

  private final BenchRun bench;
  private final Settings settings;
  private final List<LatencyReport.Run> runs = new ArrayList<>();

  /** How a side is loaded. */
  @FunctionalInterface
  private interface Load {
    Measured run(ProgramProcess client, Duration time);
  }

  private LatencyBench(BenchRun bench) {
    this.bench = bench;
    this.settings = bench.settings();
  }

  /** From submission to outcome at the given rates: open loops. */
  public static LatencyReport latency(BenchRun bench) throws InterruptedException {
    return new LatencyBench(bench).atRates();
  }

  /** How many tasks a second: closed loops. */
  public static LatencyReport throughput(BenchRun bench) throws InterruptedException {
    return new LatencyBench(bench).asFastAsTheyCan();
  }

  private LatencyReport atRates() throws InterruptedException {
    List<Integer> rates = bench.numbers(BenchKeys.RATES, 1, 1_000_000);
    return run(
        "latency",
        fleets -> {
          for (int round = 1; round <= bench.rounds(); round++) {
            for (int rate : rates) {
              for (LatencyFleet fleet : inTurn(fleets, round)) {
                measure(fleet, round, rate, (client, time) -> client.open(rate, SETTLING, time));
              }
            }
          }
        });
  }

  private LatencyReport asFastAsTheyCan() throws InterruptedException {
    int window = settings.get(BenchKeys.WINDOW);
    return run(
        "handtuned",
        fleets -> {
          for (int round = 1; round <= bench.rounds(); round++) {
            for (LatencyFleet fleet : inTurn(fleets, round)) {
              measure(fleet, round, window, (client, time) -> client.closed(window, time));
            }
          }
        });
  }

  /** The first comes last in every second round, so that each follows each. */
  private static List<LatencyFleet> inTurn(List<LatencyFleet> fleets, int round) {
    return round % 2 == 1 ? fleets : fleets.reversed();
  }

  private LatencyReport run(String scenario, Consumer<List<LatencyFleet>> rounds)
      throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    if (machine.busy()) {
      bench.say(
          "the machine is busy (load %.1f): figures will be worth little"
              .formatted(machine.load()));
    }
    long missing = 0;
    List<LatencyFleet> fleets = new ArrayList<>();
    try {
      for (LatencySide side : LatencySide.of(settings.get(BenchKeys.SIDES))) {
        fleets.add(LatencyFleet.start(side, bench));
      }
      for (LatencyFleet fleet : fleets) {
        missing += warmUp(fleet);
      }
      rounds.accept(fleets);
    } finally {
      fleets.reversed().forEach(LatencyFleet::close);
    }
    return new LatencyReport(
        scenario, began, machine, bench.broker().version(), setting(), missing, runs);
  }

  private String setting() {
    return "echo of %d bytes, %d s a turn, worker options '%s'"
        .formatted(
            settings.get(BenchKeys.BYTES),
            settings.get(BenchKeys.SECONDS),
            settings.find(BenchKeys.WORKER_OPTIONS).orElse(""));
  }

  /** Answers how many tasks were lost or failed. */
  private long warmUp(LatencyFleet fleet) {
    Duration half = bench.warmUp().dividedBy(2);
    Measured closed = fleet.client().closed(WARM_UP_WINDOW, half);
    Measured open = fleet.client().open(WARM_UP_RATE, Duration.ZERO, half);
    bench.say(
        "%s is warm: %.0f/s from cold in a closed loop of %d, then p50 %.2f ms at %d/s"
            .formatted(
                fleet.side().word(),
                closed.perSecond(),
                WARM_UP_WINDOW,
                open.millis(50),
                WARM_UP_RATE));
    return closed.failed() + closed.lost() + open.failed() + open.lost();
  }

  private void measure(LatencyFleet fleet, int round, int number, Load load) {
    Duration time = bench.time();
    LatencyFleet.Used before = fleet.used();
    long began = System.nanoTime();
    Measured measured = load.run(fleet.client(), time);
    double seconds = (System.nanoTime() - began) / 1e9;
    LatencyFleet.Used used = fleet.used().since(before);
    LatencyReport.Run run =
        new LatencyReport.Run(
            round,
            number,
            fleet.side().word(),
            measured.ended(),
            measured.failed() + measured.lost(),
            measured.perSecond(),
            percentiles(measured),
            micros(used, measured.ended()),
            Math.max(0, used.others().toMillis() / 1e3 / seconds));
    runs.add(run);
    bench.say(
        "round %d, %d: %s %.0f/s, p50 %.2f ms, p99 %.2f ms, %.0f us of processor time a task"
            .formatted(
                round,
                number,
                run.side(),
                run.perSecond(),
                run.latency().p50(),
                run.latency().p99(),
                run.micros().sum()));
  }

  private static LatencyReport.Micros micros(LatencyFleet.Used used, long tasks) {
    double each = 1e3 / Math.max(1, tasks);
    return new LatencyReport.Micros(
        used.broker().toMillis() * each,
        used.client().toMillis() * each,
        used.worker().toMillis() * each,
        used.gateway().toMillis() * each);
  }

  private static LatencyReport.Percentiles percentiles(Measured measured) {
    Histogram all = measured.latencies();
    List<LatencyReport.Point> curve = new ArrayList<>();
    if (all.getTotalCount() > 0) {
      for (double percent : CURVE) {
        curve.add(new LatencyReport.Point(percent, measured.millis(percent)));
      }
    }
    return new LatencyReport.Percentiles(
        measured.millis(50),
        measured.millis(90),
        measured.millis(99),
        measured.millis(99.9),
        all.getMaxValue() / 1e6,
        curve);
  }
}
