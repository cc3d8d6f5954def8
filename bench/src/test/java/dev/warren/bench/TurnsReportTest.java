package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.warren.engine.codec.JsonCodec;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class TurnsReportTest {
  private static final Machine MACHINE = new Machine("a processor", 2, 0.25, "Linux", "a JVM");
  private static final Usage USAGE =
      new Usage(
          10, List.of(new Usage.Of("broker", 11, 0, 200), new Usage.Of("client", 4, 1, 90)), 0.05);

  @Test
  void ratiosAreThoseOfARoundAndTheirMedianIsNotTheRatioOfMedians() {
    TurnsReport.Case one =
        aCase(
            turn(1, "warren", 50), turn(1, "other", 100),
            turn(2, "other", 100), turn(2, "warren", 90),
            turn(3, "warren", 80), turn(3, "other", 200));

    TurnsReport.Compared other = one.compared().getLast();

    assertThat(other.ratio()).isEqualTo(new Figures(0.5, 0.4, 0.9));
    assertThat(one.compared().getFirst().perSecond()).isEqualTo(new Figures(80, 50, 90));
    assertThat(one.compared().getFirst().ratio()).isEqualTo(new Figures(1, 1, 1));
  }

  @Test
  void medianOfAnEvenNumberLiesBetween() {
    assertThat(Figures.of(4, 1, 3, 2).median()).isEqualTo(2.5);
    assertThat(Figures.of()).isEqualTo(new Figures(0, 0, 0));
  }

  @Test
  void processorTimeIsToldForOneTask() {
    // 1.5 cores at 100 a second.
    assertThat(sample(100, 0).micros()).isCloseTo(15_000, within(1e-6));
    assertThat(sample(0, 0).micros()).isZero();
  }

  @Test
  void lostAndFailedTasksAreWrongAlsoInTheWarmUp() {
    assertThat(report(aCase(turn(1, "warren", 50))).wrong()).isZero();
    assertThat(report(aCase(new TurnsReport.Turn(1, "warren", sample(100, 3)))).wrong())
        .isEqualTo(4);
    TurnsReport.Cold bad = new TurnsReport.Cold("warren", "", sample(100, 1));
    assertThat(report(new TurnsReport.Case("", List.of(bad), List.of())).wrong()).isEqualTo(2);
  }

  @Test
  void aSideThatDidNothingHasNoRatio() {
    String table = report(aCase(turn(1, "warren", 50), turn(1, "other", 0))).table();

    assertThat(table).doesNotContain("NaN").doesNotContain("Infinity");
  }

  @Test
  void tableShowsRatesRatioCoresAndProcessorTimeOfEachPart() {
    String table = report(aCase(turn(1, "warren", 50), turn(1, "other", 100))).table();

    assertThat(table)
        .contains("0.50")
        .contains("broker 1.10 client 0.40 (+0.05)")
        .contains("broker 22000.0 + client 8000.0 = 30000.0, JIT 2000.0")
        .contains("0.25 before the start")
        .doesNotContain("BUSY");
  }

  @Test
  void jsonHoldsWhatWasComparedToo() throws Exception {
    TurnsReport report = report(aCase(turn(1, "warren", 50), turn(1, "other", 100)));

    assertThat(
            JsonCodec.json()
                .readTree(BenchProgram.json(report))
                .at("/cases/0/compared/1/ratio/median")
                .asDouble())
        .isEqualTo(0.5);
  }

  @Test
  void pictureIsWellFormedAndShowsRatesAndRatio() throws Exception {
    String svg = report(aCase(turn(1, "warren", 50), turn(1, "other", 100))).plots().get("e2e");

    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Objects.requireNonNull(svg))));
    assertThat(svg).contains("100, ratio 0.50").contains("broker 22000.0 + client 8000.0");
  }

  @Test
  void aBusyMachineIsSaid() {
    Machine busy = new Machine("a processor", 2, 1.5, "Linux", "a JVM");

    assertThat(new TurnsReport("e2e", Instant.EPOCH, busy, "a broker", List.of()).table())
        .contains("BUSY");
  }

  private static TurnsReport report(TurnsReport.Case one) {
    return new TurnsReport("e2e", Instant.EPOCH, MACHINE, "a broker", List.of(one));
  }

  private static TurnsReport.Case aCase(TurnsReport.Turn... turns) {
    return new TurnsReport.Case(
        "",
        List.of(
            new TurnsReport.Cold("warren", "window 5", sample(10, 0)),
            new TurnsReport.Cold("other", "", sample(0, 0))),
        List.of(turns));
  }

  private static TurnsReport.Turn turn(int round, String side, int perSecond) {
    return new TurnsReport.Turn(round, side, sample(perSecond, 0));
  }

  private static Sample sample(int perSecond, long lost) {
    return new Sample(perSecond * 10L, 10, lost, lost == 0 ? 0 : 1, 0, USAGE);
  }
}
