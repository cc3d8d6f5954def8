package dev.warren.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.bench.Machine;
import dev.warren.bench.Sample;
import dev.warren.bench.TurnsReport;
import dev.warren.bench.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeersReportTest {
  private static final Machine MACHINE = new Machine("a processor", 2, 0.25, "Linux", "a JVM");

  @Test
  void tellsRatesMultiplesAndProcessorTimeOfEachPart() {
    String table = report(0, Map.of()).table();

    assertThat(table)
        .contains("| **Warren** | 2,000 (2,000 to 2,000) |  | broker 250 | 0.50 |")
        .contains(
            "| Some Queue | 500 (500 to 500) | 4.0 (4.0 to 4.0) | broker 1000 | 0.50 | none |")
        .contains("Some Queue (1.2.3): nothing is written. As it comes.");
  }

  @Test
  void whatAPeerLosesAndWhichIsLeftOutIsWrong() {
    assertThat(report(0, Map.of()).wrong()).isZero();
    assertThat(report(7, Map.of("other", "no package")).wrong()).isEqualTo(8);
    assertThat(report(0, Map.of("other", "no package")).table())
        .contains("left out: other: no package");
  }

  private static PeersReport report(long lost, Map<String, String> absent) {
    TurnsReport.Case one =
        new TurnsReport.Case(
            "",
            List.of(
                new TurnsReport.Cold("warren", "a fleet", sample(0, 0)),
                new TurnsReport.Cold("queue", "as it comes", sample(0, 0))),
            List.of(
                new TurnsReport.Turn(1, "warren", sample(20_000, 0)),
                new TurnsReport.Turn(1, "queue", sample(5_000, lost))));
    return new PeersReport(
        new TurnsReport("peers", Instant.EPOCH, MACHINE, "a broker", List.of(one)),
        List.of(
            new PeersReport.Stated(
                "queue",
                "1.2.3",
                new Peer.About("Some Queue", "nothing is written", "none", "As it comes"))),
        absent);
  }

  private static Sample sample(long count, long lost) {
    Usage usage = new Usage(10, List.of(new Usage.Of("broker", 5, 0, 100)), 0.1);
    return new Sample(count, 10, lost, 0, Sample.UNCOUNTED, usage);
  }
}
