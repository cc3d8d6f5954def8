package dev.warren.worker.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SupervisionTest {
  @Test
  void theWaitDoublesUpToAMinuteAndBeginsAgainAfterAStableOne() {
    RestartDelay delay = new RestartDelay();
    Duration shortLife = Duration.ofSeconds(1);

    assertThat(delay.after(shortLife)).hasMillis(500);
    assertThat(delay.after(shortLife)).hasMillis(1_000);
    assertThat(delay.after(shortLife)).hasMillis(2_000);
    for (int i = 0; i < 100; i++) {
      delay.after(shortLife);
    }
    assertThat(delay.after(shortLife)).hasSeconds(60);
    assertThat(delay.crashesInRow()).isEqualTo(104);

    assertThat(delay.after(Duration.ofMinutes(1))).hasMillis(500);
    assertThat(delay.crashesInRow()).isEqualTo(1);
  }

  @Test
  void metricsOfOneFamilyStandTogetherUnderOneHeading() {
    MetricsUnion union = new MetricsUnion();
    union.add(
        """
        # HELP a_total Things
        # TYPE a_total counter
        a_total{process="worker-1",x="{} #"} 1.0
        # HELP b_seconds Times
        # TYPE b_seconds histogram
        b_seconds_bucket{process="worker-1",le="1"} 2
        b_seconds_count{process="worker-1"} 2
        """);
    union.add("");
    union.add(
        """
        # HELP b_seconds Times
        # TYPE b_seconds histogram
        b_seconds_bucket{process="worker-2",le="1"} 3
        # HELP a_total Things
        # TYPE a_total counter
        a_total{process="worker-2"} 4.0
        """);

    assertThat(union)
        .hasToString(
            """
            # HELP a_total Things
            # TYPE a_total counter
            a_total{process="worker-1",x="{} #"} 1.0
            a_total{process="worker-2"} 4.0
            # HELP b_seconds Times
            # TYPE b_seconds histogram
            b_seconds_bucket{process="worker-1",le="1"} 2
            b_seconds_count{process="worker-1"} 2
            b_seconds_bucket{process="worker-2",le="1"} 3
            """);
  }

  @Test
  void linesGetTheNameOfTheirProcessUnlessTheyAreJson() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    String output = "first\n{\"message\":\"second\"}\n\tat third\nlast";

    new LinePump(
            new ByteArrayInputStream(output.getBytes(UTF_8)),
            new PrintStream(printed, true, UTF_8),
            "worker-7",
            new LastLines())
        .run();

    assertThat(printed.toString(UTF_8).lines())
        .containsExactly(
            "[worker-7] first",
            "{\"message\":\"second\"}",
            "[worker-7] \tat third",
            "[worker-7] last");
  }
}
