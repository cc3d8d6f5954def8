package dev.warren.bench;

import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Warren with a load: what it measures ends when all outcomes are back, and stored. */
final class WarrenSide implements Side {
  static final String NAME = "warren";

  private static final String ENDED = "warren_aggregate_ended_total";
  private static final Duration RECORD_LIMIT = Duration.ofMinutes(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final BenchFleet fleet;
  private final Load load;
  private final ClosedLoop loop;
  private final String setting;
  private final Supplier<Map<String, Double>> more;

  /**
   * What is submitted, and how.
   *
   * @param words for people
   * @param window unfinished tasks at most
   * @param group so many are submitted together
   * @param attempts so many each task is to have
   */
  record Load(
      String words,
      int window,
      int group,
      int attempts,
      Function<WarrenClient, ClosedLoop.Submitter> submitter) {}

  private WarrenSide(
      BenchFleet fleet, Load load, String setting, Supplier<Map<String, Double>> more) {
    this.fleet = fleet;
    this.load = load;
    this.more = more;
    this.loop = new ClosedLoop(load.submitter().apply(fleet.client()), load.window(), load.group());
    this.setting = setting;
  }

  /** Starts a fleet for it, which is closed with it. */
  static WarrenSide open(BenchRun run, FleetPlan plan, Load load) throws InterruptedException {
    String options =
        String.join(" ", plan.workerOptions())
            + run.settings().find(BenchKeys.WORKER_OPTIONS).map(more -> " " + more).orElse("");
    return new WarrenSide(
        BenchFleet.open(run, plan),
        load,
        "%s, window %d, worker (%s) options '%s'%s"
            .formatted(
                load.words(),
                load.window(),
                ShippedJvm.WORKER.told(),
                options.strip(),
                plan.gateway()
                    ? ", a gateway (%s) stores the outcomes".formatted(ShippedJvm.GATEWAY.told())
                    : ""),
        Map::of);
  }

  /** The same with other figures, read once after each measurement. */
  WarrenSide with(Supplier<Map<String, Double>> others) {
    return new WarrenSide(fleet, load, setting, others);
  }

  BenchFleet fleet() {
    return fleet;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String setting() {
    return setting;
  }

  @Override
  public Sample warmUp(Duration time) throws InterruptedException {
    return measure(time);
  }

  @Override
  public Sample measure(Duration time) throws InterruptedException {
    return measure(Limit.of(time));
  }

  Sample measure(Limit limit) throws InterruptedException {
    long attemptsBefore = fleet.worker().attempts();
    long storedBefore = stored();
    Usage.Meter meter = Usage.Meter.start(fleet.parts());
    long began = System.nanoTime();
    Tally tally = loop.run(limit);
    double seconds = tally.seconds();
    if (fleet.gateway().isPresent()) {
      seconds = Math.max(seconds, awaitStored(storedBefore + tally.rate().count(), began));
    }
    Usage usage = meter.read();
    long attempts = fleet.worker().attempts() - attemptsBefore;
    return new Sample(
        tally.rate().count(),
        seconds,
        tally.lost(),
        tally.failed(),
        attempts - tally.rate().count() * load.attempts(),
        usage,
        more.get());
  }

  /** How many tasks the gateway has stored the end of: a retry is no end. */
  private long stored() throws InterruptedException {
    return fleet.gateway().isPresent() ? fleet.gateway().get().count(ENDED) : 0;
  }

  /** Waits until so many outcomes are stored; answers the seconds since the start. */
  private double awaitStored(long wanted, long began) throws InterruptedException {
    FleetProcess gateway = fleet.gateway().orElseThrow();
    long deadline = System.nanoTime() + RECORD_LIMIT.toNanos();
    for (long now = stored(); now < wanted; now = stored()) {
      if (gateway.awaitEnd(LOOK_AGAIN) || System.nanoTime() - deadline > 0) {
        throw new BenchException("of %,d outcomes the gateway stored %,d".formatted(wanted, now));
      }
    }
    return (System.nanoTime() - began) / 1e9;
  }

  @Override
  public void close() {
    fleet.close();
  }
}
