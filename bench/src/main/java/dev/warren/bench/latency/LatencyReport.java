package dev.warren.bench.latency;

import dev.warren.bench.Figures;
import dev.warren.bench.Findings;
import dev.warren.bench.Machine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * All that a run found.
 *
 * @param missingInWarmUp tasks that were lost or failed before anything was measured
 * @param runs in the order in which they were measured
 */
public record LatencyReport(
    String scenario,
    Instant began,
    Machine machine,
    String broker,
    String setting,
    long missingInWarmUp,
    List<Run> runs)
    implements Findings {
  /**
   * One measurement of one side.
   *
   * @param load tasks per second of an open loop, unfinished tasks of a closed one
   * @param latency zeroes where it was not measured
   * @param micros microseconds of processor time for a task
   * @param others cores that all else on the machine used: above 0.3 or so, do not trust figures
   */
  public record Run(
      int round,
      int load,
      String side,
      long ended,
      long missing,
      double perSecond,
      Percentiles latency,
      Micros micros,
      double others) {}

  /** In milliseconds, from when a task was meant to be sent. */
  public record Percentiles(
      double p50, double p90, double p99, double p999, double max, List<Point> curve) {}

  /** Within so many milliseconds so many percent of the tasks had ended. */
  public record Point(double percent, double millis) {}

  /** Microseconds of processor time for a task, in each program. */
  public record Micros(double broker, double client, double worker, double gateway) {
    double sum() {
      return broker + client + worker + gateway;
    }
  }

  public LatencyReport {
    runs = List.copyOf(runs);
  }

  /** Tasks of which nothing was heard or that failed, in the warm-up too. */
  @Override
  public long wrong() {
    return missingInWarmUp + runs.stream().mapToLong(Run::missing).sum();
  }

  @Override
  public String table() {
    return LatencyTable.of(this);
  }

  /** A picture for each rate. */
  @Override
  public Map<String, String> plots() {
    Map<String, String> plots = new TreeMap<>();
    if (isOpen()) {
      loads().forEach(load -> plots.put("latency-" + load, LatencyPlot.of(this, load)));
    }
    return plots;
  }

  /** Whether loads are rates. */
  boolean isOpen() {
    return scenario.equals("latency");
  }

  List<Integer> loads() {
    return runs.stream().map(Run::load).distinct().toList();
  }

  List<String> sides() {
    return runs.stream().map(Run::side).distinct().toList();
  }

  List<Run> of(int load, String side) {
    return runs.stream().filter(run -> run.load() == load && run.side().equals(side)).toList();
  }

  double median(int load, String side, ToDoubleFunction<Run> figure) {
    return Figures.of(of(load, side).stream().mapToDouble(figure).toArray()).median();
  }

  /** The median over the rounds of a figure's ratio to that of another side in the same round. */
  double ratio(int load, String side, String to, ToDoubleFunction<Run> figure) {
    List<Double> ratios = new ArrayList<>();
    for (Run run : of(load, side)) {
      Optional<Run> other =
          of(load, to).stream().filter(one -> one.round() == run.round()).findFirst();
      other.ifPresent(one -> ratios.add(figure.applyAsDouble(run) / figure.applyAsDouble(one)));
    }
    return Figures.of(ratios.stream().mapToDouble(Double::doubleValue).toArray()).median();
  }
}
