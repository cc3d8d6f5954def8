package dev.warren.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.bench.Machine;
import java.time.Instant;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
  @Test
  void ratiosAreOfTheSameRoundAndTheirMedianIsTold() {
    LatencyReport report =
        report(
            run(1, "hand-tuned", 1),
            run(1, "warren", 2),
            run(2, "hand-tuned", 10),
            run(2, "warren", 12),
            run(3, "hand-tuned", 1),
            run(3, "warren", 5));

    assertThat(report.ratio(100, "warren", "hand-tuned", run -> run.latency().p50()))
        .isCloseTo(2, Offset.offset(1e-9));
    assertThat(LatencyTable.of(report))
        .contains("warren to hand-tuned, median of the rounds' ratios: p50 2.00, p99 2.00");
  }

  @Test
  void whatIsMissingIsSummedUpInTheWarmUpToo() {
    assertThat(report(run(1, "warren", 1), run(2, "warren", 1)).wrong()).isEqualTo(17);
  }

  @Test
  void thePictureHasALineForEachSide() {
    String svg = LatencyPlot.of(report(run(1, "hand-tuned", 1), run(1, "warren", 2)), 100);

    assertThat(svg)
        .startsWith("<svg")
        .contains("hand-tuned", "warren", "class=\"side0\"", "class=\"side1\"");
  }

  private static LatencyReport report(LatencyReport.Run... runs) {
    return new LatencyReport(
        "latency", Instant.EPOCH, Machine.here(), "RabbitMQ", "echo", 3, List.of(runs));
  }

  private static LatencyReport.Run run(int round, String side, double millis) {
    return new LatencyReport.Run(
        round,
        100,
        side,
        1_000,
        7,
        100,
        new LatencyReport.Percentiles(
            millis,
            2 * millis,
            3 * millis,
            4 * millis,
            5 * millis,
            List.of(new LatencyReport.Point(50, millis), new LatencyReport.Point(99, 3 * millis))),
        new LatencyReport.Micros(1, 2, 3, 4),
        0);
  }
}
