package dev.warren.worker.supervise;

import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.depth.Depth;
import dev.warren.engine.depth.QueueDepths;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks what there is to do and how many processes there should be for it. Used by one thread;
 * {@link #latest} by any.
 */
final class Scaler implements AutoCloseable {
  /** Who takes no work for longer does not start, but is in trouble: others may be needed. */
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Optional<QueueDepths> depths;
  private final ChildAsk ask;
  private final ScalingRule rule;
  private final WorkEstimate estimate = new WorkEstimate();
  private volatile Optional<ScalingRule.Load> latest = Optional.empty();

  Scaler(ProcessRange range, Scaling scaling, ChildAsk ask) {
    this.ask = ask;
    this.rule =
        new ScalingRule(new ScalingRule.Limits(range, scaling.longestWait(), scaling.idle()));
    this.depths =
        range.scales()
            ? Optional.of(
                new QueueDepths(
                        new Connections(scaling.broker(), ProcessName.of("supervisor")),
                        scaling.queues())
                    .start())
            : Optional.empty();
  }

  /**
   * How many processes there should be.
   *
   * @param processes how many there are
   * @param reports what those of them say that do
   */
  int wanted(Duration now, int processes, Map<Child, ChildReport> reports) {
    latest = load(now, processes, reports);
    return rule.decide(now, processes, latest);
  }

  /** What there is to do; empty if that is not known or asked. */
  Optional<ScalingRule.Load> latest() {
    return latest;
  }

  private Optional<ScalingRule.Load> load(
      Duration now, int processes, Map<Child, ChildReport> reports) {
    if (depths.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Counters> counters = new HashMap<>();
    ask.metrics(List.copyOf(reports.keySet()))
        .forEach((child, text) -> counters.put(child.label(), Counters.parse(text)));
    estimate.learn(now, counters);
    Optional<Map<String, Depth>> seen = depths.get().latest();
    int ready = (int) reports.values().stream().filter(ChildReport::ready).count();
    int starting =
        (int)
            reports.entrySet().stream().filter(one -> starts(one.getKey(), one.getValue())).count();
    return seen.map(all -> estimate.load(now, served(all, reports), processes, ready, starting));
  }

  private static boolean starts(Child child, ChildReport report) {
    return !report.ready()
        && child
            .state()
            .since()
            .map(since -> Duration.between(since, Instant.now()).compareTo(START_LIMIT) < 0)
            .orElse(false);
  }

  /** What is paused is no work. */
  private static Map<String, Depth> served(
      Map<String, Depth> depths, Map<Child, ChildReport> reports) {
    Map<String, Depth> served = new HashMap<>(depths);
    reports.values().forEach(report -> served.keySet().removeAll(report.paused()));
    return served;
  }

  @Override
  public void close() {
    depths.ifPresent(QueueDepths::close);
  }
}
