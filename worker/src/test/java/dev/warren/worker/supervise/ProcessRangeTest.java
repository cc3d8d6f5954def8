package dev.warren.worker.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessRangeTest {
  @Test
  void isANumberOrARange() {
    assertThat(ProcessRange.parse("1")).isEqualTo(new ProcessRange(1, 1, false));
    assertThat(ProcessRange.parse("4")).isEqualTo(new ProcessRange(4, 4, true));
    assertThat(ProcessRange.parse(" 1 .. 8 ")).isEqualTo(new ProcessRange(1, 8, true));
    assertThat(ProcessRange.parse("1..1")).isEqualTo(new ProcessRange(1, 1, true));
    assertThat(ProcessRange.parse("2..8")).hasToString("2..8");
    assertThat(ProcessRange.parse("3")).hasToString("3");
  }

  @Test
  void anythingElseIsRefused() {
    for (String wrong : List.of("", "0", "0..2", "3..2", "1..", "..4", "two", "1..1001", "-1")) {
      assertThatThrownBy(() -> ProcessRange.parse(wrong))
          .as(wrong)
          .isInstanceOf(ConfigurationException.class);
    }
  }
}
