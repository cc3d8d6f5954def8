package dev.warren.bench.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.bench.Machine;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class LanesReportTest {
  private static final String FAILURE =
      "TimeLimitExceeded: attempt 1 of task 01a2 (lanes.loop) ran longer than its time limit of 2s";
  private static final LanesReport.Count ALL = new LanesReport.Count(20, 20, 0, 0);

  @Test
  void theTableHasALineForEachLaneAndSaysWhyOneIsLeftOut() {
    String table = LanesTable.of(report(ALL, 0));

    assertThat(table.lines())
        .filteredOn(line -> line.startsWith("  threads"))
        .hasSize(6)
        .anyMatch(
            line -> line.contains("2.00 s") && line.contains("10.0") && line.contains("64 MiB"))
        .anyMatch(line -> line.contains("3.0 s") && line.contains("1.0 cores busy for ever"));
    assertThat(table.lines())
        .filteredOn(line -> line.startsWith("  async"))
        .anyMatch(line -> line.contains("it would hold up an event loop"))
        .anyMatch(line -> line.contains("never"));
    assertThat(table).contains("dead: ran longer than its time limit of 2s", "No task was lost.");
  }

  @Test
  void aLostTaskIsShoutedAboutAndCounts() {
    LanesReport report = report(new LanesReport.Count(20, 17, 1, 2), 1);

    assertThat(report.wrong()).isEqualTo(3 * 3 + 1);
    assertThat(LanesTable.of(report)).contains("1 FAILED, 2 LOST", "1 TASKS LOST", "WERE LOST");
  }

  @Test
  void thePictureIsWellFormedAndHasABarForEachCell() throws Exception {
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(LanesPlot.of(report(ALL, 0)))));

    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(classes(svg, "rect")).filteredOn("whole"::equals).hasSize(3);
    assertThat(classes(svg, "rect")).filteredOn("held"::equals).hasSize(2);
    assertThat(svg.getDocumentElement().getTextContent()).contains("a <fast> & a slow core");
  }

  private static List<String> classes(Document svg, String tag) {
    NodeList all = svg.getElementsByTagName(tag);
    return IntStream.range(0, all.getLength())
        .mapToObj(i -> all.item(i).getAttributes().getNamedItem("class").getNodeValue())
        .toList();
  }

  private static LanesReport report(LanesReport.Count tasks, int lost) {
    var usage = new TreeMeter.Usage(2, 1, 0.5, 64);
    return new LanesReport(
        Instant.EPOCH,
        60,
        new Machine("a <fast> & a slow core", 2, 0.1, "a system", "a JVM 25.0.1+9"),
        "RabbitMQ",
        new LanesPlan(
            List.of(DemoLane.THREADS, DemoLane.ASYNC),
            2,
            4,
            1,
            20,
            10,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(8)),
        List.of(
            new LanesReport.Cell(DemoLane.THREADS, LaneWork.CPU, tasks, usage),
            new LanesReport.Cell(DemoLane.THREADS, LaneWork.BLOCKING, tasks, usage),
            new LanesReport.Cell(DemoLane.ASYNC, LaneWork.NETWORK, tasks, usage)),
        List.of(
            hang(DemoLane.THREADS, LaneHang.READ, 3.0, ALL, 0),
            hang(DemoLane.THREADS, LaneHang.LOOP, 3.0, ALL, 0),
            hang(DemoLane.ASYNC, LaneHang.LOOP, null, new LanesReport.Count(20, 10, 0, 10), lost)));
  }

  private static LanesReport.Hang hang(
      DemoLane lane, LaneHang kind, @Nullable Double free, LanesReport.Count neighbours, int lost) {
    return new LanesReport.Hang(
        lane, kind, free, neighbours, 1.1, 1.0, 1, "dead", FAILURE, null, 10, lost);
  }
}
