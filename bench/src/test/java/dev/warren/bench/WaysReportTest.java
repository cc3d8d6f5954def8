package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaysReportTest {
  @Test
  void aWayIsComparedWithOneAfterAnotherOfTheSameLanguage() {
    WaysReport report =
        new WaysReport(
            Instant.EPOCH,
            new Machine("a processor", 2, 0.1, "a system", "a JVM"),
            "a broker",
            "work",
            List.of(
                new WaysReport.Row("Python", WaysReport.ONE_AFTER_ANOTHER, "cpu", 8),
                new WaysReport.Row("Python", "threads", "cpu", 10),
                new WaysReport.Row("Warren", WaysReport.ONE_AFTER_ANOTHER, "cpu", 4),
                new WaysReport.Row("Warren", "threads", "cpu", 2)));

    List<String> lines = report.table().lines().toList();

    assertThat(lines)
        .filteredOn(line -> line.startsWith("Python   threads"))
        .singleElement()
        .asString()
        .contains("10.00 s    0.8 x");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("Warren   threads"))
        .singleElement()
        .asString()
        .contains("2.00 s    2.0 x")
        .contains("| -");
  }
}
