package dev.warren.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of chaos; the long ones are {@code ./warren chaos}. */
@Tag("node")
class ChaosTest {
  private static final int TASKS = 2_000;
  private static final int FAULTS = 5;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void aKnownScheduleLosesNothing() throws Exception {
    nothingIsLost(20_261_122);
  }

  @Test
  void aScheduleOfThisRunLosesNothing() throws Exception {
    // The seed stands in the report.
    nothingIsLost(ThreadLocalRandom.current().nextLong(1_000_000_000));
  }

  private void nothingIsLost(long seed) throws InterruptedException {
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
