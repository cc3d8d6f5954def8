package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
  @Test
  void processesMayHaveBracketsAndBlanksInTheirNames() {
    String stat = "42 (a) b (c) S 1 42 42 0 -1 4194304 500 0 0 0 250 75 9 9 20 0 12 0 1000";

    assertThat(ProcessorTime.fromStat(stat)).isEqualTo(Duration.ofMillis(3_250));
  }

  @Test
  void machineIsBusyWhereItNeitherIdlesNorWaitsForItsDisk() {
    // user nice system idle iowait irq softirq steal guest guest_nice
    String line = "cpu  100 10 20 5000 300 1 2 3 100 0";

    assertThat(ProcessorTime.fromMachineStat(line)).isEqualTo(Duration.ofMillis(1_360));
  }

  @Test
  void aProcessThatIsGoneHasUsedNothing() {
    assertThat(ProcessorTime.of(Long.MAX_VALUE)).isEqualTo(Duration.ZERO);
  }
}
