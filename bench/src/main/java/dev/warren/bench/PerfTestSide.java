package dev.warren.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * RabbitMQ PerfTest as a side. It is a process anew for each measurement, so each has its own
 * warm-up, as long as that of the other side, which is left out.
 */
final class PerfTestSide implements Side {
  static final String NAME = "PerfTest";

  private static final Usage NOTHING = new Usage(1, List.of(), 0);

  private final BenchRun run;
  private final PerfTest perfTest;
  private final PerfTest.Clients clients;
  private final int bytes;
  private int measurements;

  private PerfTestSide(BenchRun run, PerfTest perfTest, PerfTest.Clients clients, int bytes) {
    this.run = run;
    this.perfTest = perfTest;
    this.clients = clients;
    this.bytes = bytes;
  }

  /** One for messages of so many bytes and each wanted number of producers; or none. */
  static List<Side> of(BenchRun run, int bytes) {
    return of(run, bytes, 1);
  }

  /** The same, but nobody consumes. */
  static List<Side> publishing(BenchRun run, int bytes) {
    return of(run, bytes, 0);
  }

  private static List<Side> of(BenchRun run, int bytes, int consumers) {
    List<Side> sides = new ArrayList<>();
    for (PerfTest perfTest : run.perfTest().stream().toList()) {
      for (int producers : run.numbers(BenchKeys.PERF_TEST_PRODUCERS, 1, 100)) {
        PerfTest.Clients clients = new PerfTest.Clients(producers, consumers);
        sides.add(new PerfTestSide(run, perfTest, clients, bytes));
      }
    }
    return sides;
  }

  @Override
  public String name() {
    return clients.producers() == 1 ? NAME : NAME + "-x" + clients.producers();
  }

  @Override
  public String setting() {
    return perfTest.version()
        + ": "
        + PerfTest.options(clients, run.warmUp().plus(run.time()), bytes)
        + ", the first %d s left out".formatted(run.warmUp().toSeconds());
  }

  @Override
  public Sample warmUp(Duration time) {
    return new Sample(0, 0, 0, 0, Sample.UNCOUNTED, NOTHING);
  }

  @Override
  public Sample measure(Duration time) throws InterruptedException {
    Path output = run.workFolder().resolve(name() + "-" + bytes + "-" + ++measurements + ".log");
    try (BenchBroker.Place place = run.broker().place()) {
      return perfTest.run(clients, place, bytes, run.warmUp(), time, output);
    }
  }
}
