package dev.warren.engine.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.RetryPolicy;
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
  @CsvSource(
      delimiter = '|',
      value = {
        "5s | 5000 2.0 3600000",
        "2h | 7200000 2.0 7200000",
        "1s, 1.5 ,10m | 1000 1.5 600000"
      })
  void backOffsAreRead(String text, String read) {
    RetryPolicy waits = BackOffText.parse(text);

    assertThat(waits.initial().toMillis() + " " + waits.factor() + " " + waits.cap().toMillis())
        .isEqualTo(read);
    assertThat(waits.jitter()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5s,x", "5s,2,1s", "5s,0.5", "5s,2,1h,4", "5s,NaN"})
  void whatIsNoBackOffIsRefused(String text) {
    assertThatThrownBy(() -> BackOffText.parse(text)).isInstanceOf(ConfigurationException.class);
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
