package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void durationsAreRoundedForPeople() {
    assertThat(DurationText.of(Duration.ofMillis(850))).isEqualTo("850ms");
    assertThat(DurationText.of(Duration.ofMillis(4_240))).isEqualTo("4.2s");
    assertThat(DurationText.of(Duration.ofSeconds(5))).isEqualTo("5s");
    assertThat(DurationText.of(Duration.ofSeconds(192))).isEqualTo("3m12s");
    assertThat(DurationText.of(Duration.ofHours(53))).isEqualTo("2d5h");
    assertThat(DurationText.of(Duration.ofSeconds(-1))).isEqualTo("0ms");
  }

  @Test
  void textFromElsewhereDoesNotDriveTheTerminal() {
    assertThat(OneLine.of(" a\r\n\n b\u001b[31m\tc ")).isEqualTo("a b?[31m?c");
    assertThat(OneLine.of("abcdef", 4)).isEqualTo("abc…");
  }

  @Test
  void tablesAlignNumbersToTheRight() {
    Table table = new Table("queue", "ready").row("default", 5L).row("a", 12_000L);
    assertThat(table.lines()).containsExactly("QUEUE    READY", "default      5", "a        12000");
  }

  @Test
  void tablesAreJsonForPrograms() {
    Table table = new Table("task type", "types").row("x", List.of("a", "b"));
    assertThat(table.toJson()).hasToString("[{\"task_type\":\"x\",\"types\":[\"a\",\"b\"]}]");
  }

  @Test
  void timesAreReadInTheUsersOwnZone() {
    Clock clock = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneId.of("Europe/Berlin"));
    assertThat(TimeText.parse("2026-11-22T10:00:00Z", clock))
        .isEqualTo(Instant.parse("2026-11-22T10:00:00Z"));
    assertThat(TimeText.parse("2026-11-22T12:00", clock))
        .isEqualTo(Instant.parse("2026-11-22T11:00:00Z"));
    assertThat(TimeText.parse("11:30", clock)).isEqualTo(Instant.parse("2026-11-22T10:30:00Z"));
    assertThat(TimeText.parse("10:59", clock)).isEqualTo(Instant.parse("2026-11-23T09:59:00Z"));
    assertThat(TimeText.parseOrAfter("90s", clock))
        .isEqualTo(Instant.parse("2026-11-22T10:01:30Z"));
    assertThatThrownBy(() -> TimeText.parse("tomorrow", clock))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void theBarShowsWhatIsKnown() {
    AtomicLong nanos = new AtomicLong();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Progress progress =
        new Progress(
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Progress.Style.BAR,
            "map echo",
            nanos::get);
    progress.update(new Progress.Counts(1, 0, 5, 0));
    assertThat(err.size()).isZero();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    progress.update(new Progress.Counts(1_200, 3, 5, 0));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .endsWith("map echo 1,200 done, 3 failed, 5 on the way, 600/s");
    progress.show(new Progress.Counts(1_200, 0, 0, 2_400));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .endsWith("████████████░░░░░░░░░░░░ 1,200/2,400, 600/s, 2s left");
    progress.clear();
    assertThat(err.toString(StandardCharsets.UTF_8)).endsWith("\r\u001b[K");
  }
}
