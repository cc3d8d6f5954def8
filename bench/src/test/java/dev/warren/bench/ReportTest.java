package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Machine MACHINE = new Machine("a processor", 2, 0.25, "Linux", "a JVM");
  private static final Cores CORES = new Cores(1.1, 0.4, 0.3, 0.05);

  @Test
  void ratiosAreThoseOfARoundAndTheirMedianIsNotTheRatioOfMedians() {
    Report report = report(round(1, 50, 100), round(2, 90, 100), round(3, 80, 200));

    assertThat(report.median(Report.Round::ratio)).isCloseTo(0.5, within(1e-9));
    assertThat(report.median(round -> round.warren().rate().steady())).isEqualTo(80);
  }

  @Test
  void medianOfAnEvenNumberLiesBetween() {
    assertThat(Report.median(4, 1, 3, 2)).isEqualTo(2.5);
    assertThat(Report.median()).isZero();
  }

  @Test
  void aRoundWithoutPerfTestHasNoRatio() {
    Report report = report(new Report.Round(1, result(50, 0), -1, CORES, null));

    assertThat(ReportTable.of(report)).contains("| -\n").doesNotContain("NaN");
  }

  @Test
  void lostAndFailedTasksAreMissing() {
    assertThat(report(round(1, 50, 100)).missing()).isZero();
    assertThat(report(new Report.Round(1, result(50, 3), 0, CORES, null)).missing()).isEqualTo(4);
  }

  @Test
  void tableShowsRatesRatioAndCores() {
    assertThat(ReportTable.of(report(round(1, 50, 100))))
        .contains("0.50")
        .contains("1.10   0.40   0.30 (+0.05)")
        .contains("0.25 before the start")
        .doesNotContain("BUSY");
  }

  @Test
  void aBusyMachineIsSaid() {
    Machine busy = new Machine("a processor", 2, 1.5, "Linux", "a JVM");
    Report report =
        new Report("e2e", Instant.EPOCH, busy, "a broker", null, "", List.of(), List.of());

    assertThat(ReportTable.of(report)).contains("BUSY");
  }

  private static Report report(Report.Round... rounds) {
    return new Report(
        "e2e", Instant.EPOCH, MACHINE, "a broker", "2.22.1", "", List.of(rounds), List.of());
  }

  private static Report.Round round(int number, double warren, double perfTest) {
    return new Report.Round(
        number,
        result(warren, 0),
        0,
        CORES,
        new PerfTest.Result(new Rate(1_000, perfTest, perfTest), CORES));
  }

  private static Load.Result result(double steady, long lost) {
    return new Load.Result(new Rate(1_000, steady, steady), 1_000, lost == 0 ? 0 : 1, lost);
  }
}
