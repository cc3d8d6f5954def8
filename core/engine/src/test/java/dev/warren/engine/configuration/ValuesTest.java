package dev.warren.engine.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "10m, PT10M",
    "1h30m, PT1H30M",
    "2d, PT48H",
    "PT90S, PT90S",
    "0, PT0S",
    "1H, PT1H"
  })
  void durationsAreReadAndWritten(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "-1s", "1x", "m", "PT-1S", "1h 30m", "1.5s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("1h30m");
  }

  @ParameterizedTest
  @CsvSource({
    "1MiB, 1048576",
    "64kB, 64000",
    "4096, 4096",
    "10 KiB, 10240",
    "3b, 3",
    "2G, 2000000000"
  })
  void sizesAreReadAndWritten(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
    assertThat(Sizes.parse(Sizes.format(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MiB", "-1", "1.5MiB", "1ib", "999999999999999TiB"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> Sizes.parse(text)).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void theNearestNameIsTheOneWithFewestSlips() {
    List<String> known = List.of("image.thumbnail", "image.resize", "echo", "sleep");
    assertThat(NearNames.nearest("image.thumbnial", known)).contains("image.thumbnail");
    assertThat(NearNames.nearest("ehco", known)).contains("echo");
    assertThat(NearNames.nearest("Echo", known)).contains("echo");
    assertThat(NearNames.nearest("completely.else", known)).isEmpty();
    assertThat(NearNames.nearest("x", List.of())).isEmpty();
  }

  @Test
  void distanceCountsInsertionsDeletionsReplacementsAndSwaps() {
    assertThat(NearNames.distance("abc", "abc")).isZero();
    assertThat(NearNames.distance("", "abc")).isEqualTo(3);
    assertThat(NearNames.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearNames.distance("ab", "ba")).isEqualTo(1);
  }
}
