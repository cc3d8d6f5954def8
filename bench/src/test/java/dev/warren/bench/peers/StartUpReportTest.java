package dev.warren.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.bench.Figures;
import dev.warren.bench.Machine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartUpReportTest {
  private static final Machine MACHINE = new Machine("a processor", 2, 0.25, "Linux", "a JVM");

  @Test
  void theFirstCommandIsComparedWithTheOthersRoundByRound() {
    StartUpReport report =
        report(
            Map.of(),
            start(1, "a", 100),
            start(1, "b", 200),
            start(2, "b", 50),
            start(2, "a", 100));

    assertThat(report.compared().getFirst().ratio()).isEqualTo(new Figures(1, 1, 1));
    assertThat(report.compared().getLast().millis()).isEqualTo(new Figures(125, 50, 200));
    assertThat(report.compared().getLast().ratio()).isEqualTo(new Figures(1.25, 0.5, 2));
    assertThat(report.table()).contains("| `first` | 100 (100 to 100)", "Medians of 2 starts");
  }

  @Test
  void whatIsMissingIsNamedAndWrong() {
    StartUpReport report = report(Map.of("celery", "no packages here"), start(1, "a", 100));

    assertThat(report.wrong()).isEqualTo(1);
    assertThat(report.table()).contains("celery: no packages here").doesNotContain("NaN");
  }

  private static StartUpReport.Start start(int round, String command, double millis) {
    return new StartUpReport.Start(round, command, millis);
  }

  private static StartUpReport report(Map<String, String> absent, StartUpReport.Start... starts) {
    return new StartUpReport(
        Instant.EPOCH,
        MACHINE,
        "a broker",
        List.of(
            new StartUpReport.Stated("a", "first", "it ends"),
            new StartUpReport.Stated("b", "second", "it ends")),
        List.of(starts),
        absent);
  }
}
