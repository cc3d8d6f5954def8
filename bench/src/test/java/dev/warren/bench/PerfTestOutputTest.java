package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerfTestOutputTest {
  /** Printed by PerfTest 2.22.1, latencies shortened. */
  private static final List<String> PRINTED =
      """
      id: test-091214-128, starting consumer #0
      id: test-091214-128, starting consumer #0, channel #0
      id: test-091214-128, starting producer #0
      id: test-091214-128, starting producer #0, channel #0
      id: test-091214-128, time 1.019 s, sent: 1685 msg/s, confirmed: 1686 msg/s, nacked: 0 msg/s, received: 1686 msg/s, min/median/75th/95th/99th consumer latency: 615/23936/31272/292005/311196 µs, confirm latency: 373/15411/23221/251673/270704 µs
      id: test-091214-128, time 2.000 s, sent: 9792 msg/s, confirmed: 9587 msg/s, nacked: 0 msg/s, received: 9587 msg/s, min/median/75th/95th/99th consumer latency: 555/9877/24708/47292/71287 µs, confirm latency: 442/7685/18628/36572/55865 µs
      id: test-091214-128, time 3.010 s, sent: 10395 msg/s, confirmed: 10395 msg/s, nacked: 0 msg/s, received: 10137 msg/s, min/median/75th/95th/99th consumer latency: 447/9029/15560/37169/123161 µs, confirm latency: 467/7104/11387/26736/110232 µs
      id: test-091214-128, time 4.000 s, sent: 12108 msg/s, confirmed: 12296 msg/s, nacked: 0 msg/s, received: 12559 msg/s, min/median/75th/95th/99th consumer latency: 381/10332/21154/63142/87847 µs, confirm latency: 371/8539/14807/47282/84604 µs
      id: test-091214-128, time 5.001 s, sent: 13620 msg/s, confirmed: 13433 msg/s, nacked: 0 msg/s, received: 13433 msg/s, min/median/75th/95th/99th consumer latency: 481/7116/13434/28348/39332 µs, confirm latency: 363/6497/11559/24877/39772 µs
      test stopped (Reached time limit)
      id: test-091214-128, sending rate avg: 9989 msg/s
      id: test-091214-128, receiving rate avg: 9989 msg/s
      id: test-091214-128, consumer latency min/median/75th/95th/99th 472/9292/19993/98547/181563 µs
      """
          .lines()
          .toList();

  @Test
  void countIsTheSumOverTheSeconds() {
    double expected =
        1.019 * 1_686 + 0.981 * 9_587 + 1.010 * 10_137 + 0.990 * 12_559 + 1.001 * 13_433;

    PerfTestOutput.Received all = PerfTestOutput.after("received", PRINTED, Duration.ZERO);

    assertThat((double) all.count()).isCloseTo(expected, within(1.0));
    assertThat(all.seconds()).isCloseTo(5.001, within(1e-9));
  }

  @Test
  void warmUpIsLeftOut() {
    double expected = 0.990 * 12_559 + 1.001 * 13_433;

    PerfTestOutput.Received warm = PerfTestOutput.after("received", PRINTED, Duration.ofSeconds(3));

    assertThat((double) warm.count()).isCloseTo(expected, within(1.0));
    assertThat(warm.seconds()).isCloseTo(1.991, within(1e-9));
  }

  @Test
  void withoutAConsumerWhatIsConfirmedCounts() {
    PerfTestOutput.Received confirmed =
        PerfTestOutput.after("confirmed", PRINTED, Duration.ofSeconds(4));

    assertThat((double) confirmed.count()).isCloseTo(1.001 * 13_433, within(1.0));
  }

  @Test
  void aRunThatEndedEarlyIsAnErrorThatShowsItsLastLines() {
    Duration warmUp = Duration.ofSeconds(1);

    assertThat(PerfTestOutput.of("received", PRINTED, warmUp, Duration.ofSeconds(4)).seconds())
        .isCloseTo(3.982, within(1e-9));
    assertThatThrownBy(() -> PerfTestOutput.of("received", PRINTED, warmUp, Duration.ofSeconds(20)))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("cut short after 5 s")
        .hasMessageContaining("Reached time limit");
  }

  @Test
  void outputWithoutMessagesIsAnErrorThatShowsIt() {
    assertThatThrownBy(
            () ->
                PerfTestOutput.after(
                    "received", List.of("Main thread caught exception", "why"), Duration.ZERO))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("Main thread caught exception\nwhy");
  }
}
