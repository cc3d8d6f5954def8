package dev.warren.bench;

import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tasks that are submitted and confirmed, and nobody runs. In turns with PerfTest. */
final class Enqueue implements Scenario.Measurement {
  private static final String QUEUE = "default";

  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    int bytes = run.settings().get(BenchKeys.BYTES);
    Turns turns = new Turns(run, "enqueue");
    List<Side> sides = new ArrayList<>();
    sides.add(new Submitting(run, bytes, run.settings().get(BenchKeys.WINDOW)));
    sides.addAll(PerfTestSide.publishing(run, bytes));
    turns.measure("", sides);
    return turns.report();
  }

  /** A queue anew for each measurement, because nobody empties it. */
  private record Submitting(BenchRun run, int bytes, int window) implements Side {
    @Override
    public String name() {
      return WarrenSide.NAME;
    }

    @Override
    public String setting() {
      return "single echo of %d bytes, window %d of unconfirmed ones, no worker"
          .formatted(bytes, window);
    }

    @Override
    public Sample warmUp(Duration time) throws InterruptedException {
      return measure(time);
    }

    @Override
    public Sample measure(Duration time) throws InterruptedException {
      try (BenchBroker.Place place = run.broker().place()) {
        new Declarer(new Connections(place.settings(), ProcessName.of("bench")))
            .apply(
                Topology.fleet().and(Topology.workQueue(QUEUE)).and(Topology.type(QUEUE, "echo")));
        try (WarrenClient client =
            WarrenClient.builder()
                .broker(place.settings())
                .role("bench")
                .window(window)
                .waiting(false)
                .typeCache(run.workFolder().resolve("types"))
                .connect()) {
          Usage.Meter meter =
              Usage.Meter.start(List.of(place.part(), Part.ofThisProcess("client")));
          Tally tally =
              new ClosedLoop(
                      Submitters.confirmed(client, Submitters.ECHO, Submitters.text(bytes)),
                      window,
                      1)
                  .run(Limit.of(time));
          return new Sample(
              tally.rate().count(),
              tally.seconds(),
              tally.lost(),
              tally.failed(),
              Sample.UNCOUNTED,
              meter.read());
        }
      }
    }
  }
}
