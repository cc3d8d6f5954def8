package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchRunTest {
  @Test
  void numbersAreReadInOrderAndEachOnce() {
    assertThat(BenchRun.numbers(BenchKeys.SIZES, List.of("300", "2", "300"), 2, 300))
        .containsExactly(300, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1001", "many", "99999999999", ""})
  void aNumberThatCannotBeMeasuredIsRefusedBeforeAnythingIsStarted(String word) {
    assertThatThrownBy(() -> BenchRun.numbers(BenchKeys.SIZES, List.of("5", word), 1, 1_000))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("takes whole numbers");
  }

  @Test
  void noNumberAtAllIsRefused() {
    assertThatThrownBy(() -> BenchRun.numbers(BenchKeys.SIZES, List.of(), 1, 1_000))
        .isInstanceOf(ConfigurationException.class);
  }
}
