package dev.warren.engine.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdviceReportTest {
  private static TypeReport report(String type, Lane lane, int attempts, double cpuShare) {
    DurationBuckets durations = new DurationBuckets();
    for (int i = 0; i < attempts; i++) {
      durations.add(Duration.ofMillis(10));
    }
    Evidence evidence =
        new Evidence(
            DurationCounts.of(durations),
            new Evidence.Endings(1, 0, 0),
            3.5,
            attempts,
            OptionalDouble.of(cpuShare),
            OptionalLong.of(1_000),
            OptionalLong.empty());
    return TypeReport.of(type, lane, lane == Lane.AUTO ? Lane.VIRTUAL : lane, 100, evidence, 4);
  }

  @Test
  void aReportCrossesTheWire() {
    AdviceReport report =
        new AdviceReport(
            4,
            List.of(
                report("image.thumbnail", Lane.AUTO, 40, 0.9375),
                TypeReport.of("echo", Lane.VIRTUAL, Lane.VIRTUAL, 200, Evidence.NONE, 4)),
            0);

    assertThat(AdviceReport.read(report.json())).isEqualTo(report);
  }

  @Test
  void whatIsNoReportIsRefused() {
    ObjectNode json = report("echo", Lane.THREADS, 1, 1).json();
    json.put("lane", "hovercraft");

    assertThatThrownBy(() -> TypeReport.read(json))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("hovercraft");
  }

  @Test
  void onlyTypesThatAreAskedForAreToldAndThoseWithTheMostAttemptsFirst() {
    List<TypeReport> all =
        List.of(
            report("a", Lane.THREADS, 1, 1),
            report("b", Lane.THREADS, 7, 1),
            report("c", Lane.THREADS, 7, 1),
            report("d", Lane.THREADS, 3, 1));

    assertThat(AdviceReport.of(2, all, List.of("d", "b", "none")).types())
        .extracting(TypeReport::type)
        .containsExactly("b", "d");
    assertThat(AdviceReport.of(2, all, List.of()).types())
        .extracting(TypeReport::type)
        .containsExactly("b", "c", "d", "a");
  }

  @Test
  void anAnswerIsBoundedHoweverManyTypesThereAre() {
    List<TypeReport> all = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      all.add(report("type." + i, Lane.THREADS, 1 + i % 5, 1));
    }

    AdviceReport report = AdviceReport.of(2, all, List.of());

    assertThat(report.json().toString()).hasSizeLessThan(AdviceReport.LARGEST + 2_000);
    assertThat(report.types()).hasSizeGreaterThan(50);
    assertThat(report.types().size() + report.left()).isEqualTo(2_000);
    assertThat(report.types()).allMatch(each -> each.evidence().attempts() == 5);
  }

  @Test
  void processesAreTakenTogetherByHowMuchTheyDid() {
    AdviceReport one = new AdviceReport(4, List.of(report("a", Lane.AUTO, 30, 0.9)), 0);
    AdviceReport two =
        new AdviceReport(
            4, List.of(report("a", Lane.THREADS, 10, 0.1), report("b", Lane.THREADS, 1, 0.5)), 0);

    List<FleetAdvice> fleet = FleetAdvice.of(List.of(two, one));

    assertThat(fleet).extracting(FleetAdvice::type).containsExactly("a", "b");
    FleetAdvice both = fleet.getFirst();
    assertThat(both.processes()).isEqualTo(2);
    assertThat(both.evidence().attempts()).isEqualTo(40);
    assertThat(both.evidence().endings().failed()).isEqualTo(2);
    assertThat(both.evidence().cpuShare().orElseThrow()).isEqualTo(0.7, Offset.offset(1e-6));
    assertThat(both.lanesText()).isEqualTo("threads, virtual (auto)");
    assertThat(both.advice().lane()).isEqualTo(Lane.THREADS);
    assertThat(both.advice().why())
        .startsWith("it computes 90 % of its time (30 measured)")
        .endsWith("; 1 of 2 processes come to this");
    assertThat(both.json().path("wait_share").asDouble()).isEqualTo(0.3);
    assertThat(both.json().path("p95_ms").asDouble()).isBetween(9.4, 10.7);
  }
}
