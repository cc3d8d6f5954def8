package dev.warren.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;

/** A short run of chaos; the long ones are {@code ./warren chaos}. */
final class ShortChaos {
  private static final int TASKS = 2_000;
  private static final int FAULTS = 5;

  private ShortChaos() {}

  /** The seed stands in the report. */
  static void losesNothing(long seed, Path folder) throws InterruptedException {
    ChaosPlan plan =
        ChaosPlan.of(seed, TASKS, FAULTS)
            .withSize(new Fleet.Size(1, 2))
            .withLength(Duration.ofSeconds(30))
            .withLongest(Duration.ofSeconds(5));

    Report report = new Chaos(plan, folder, System.out::println).run();
    System.out.println(report.text());

    assertThat(report.findings().problems()).as("in %s:%n%s", folder, report.text()).isEmpty();
    assertThat(report.faults()).hasSize(FAULTS);
    assertThat(report.findings().submitted()).isGreaterThan(TASKS);
  }
}
