package dev.warren.bench;

import java.nio.file.Path;
import java.time.Duration;
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
  private final int bytes;
  private int measurements;

  PerfTestSide(BenchRun run, PerfTest perfTest, int bytes) {
    this.run = run;
    this.perfTest = perfTest;
    this.bytes = bytes;
  }

  /** One for messages of so many bytes, or none if it is not wanted. */
  static List<Side> of(BenchRun run, int bytes) {
    return run.perfTest().stream()
        .<Side>map(perfTest -> new PerfTestSide(run, perfTest, bytes))
        .toList();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String setting() {
    return perfTest.version()
        + ": "
        + PerfTest.options(run.warmUp().plus(run.time()), bytes)
        + ", the first %d s left out".formatted(run.warmUp().toSeconds());
  }

  @Override
  public Sample warmUp(Duration time) {
    return new Sample(0, 0, 0, 0, Sample.UNCOUNTED, NOTHING);
  }

  @Override
  public Sample measure(Duration time) throws InterruptedException {
    Path output = run.workFolder().resolve("perf-test-" + bytes + "-" + ++measurements + ".log");
    try (BenchBroker.Place place = run.broker().place()) {
      return perfTest.run(place, bytes, run.warmUp(), time, output);
    }
  }
}
