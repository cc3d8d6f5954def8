package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueuePauseCodecTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(60);

  private static QueuePause read(String body) {
    return QueuePauseCodec.read(JsonText.of(body), LATER);
  }

  @Test
  void whatIsWrittenIsRead() {
    QueuePause paused = new QueuePause("cpu", true, NOON, "ops");
    QueuePause resumed = new QueuePause("cpu", false, NOON, "");

    assertThat(read(QueuePauseCodec.write(paused).toString())).isEqualTo(paused);
    assertThat(read(QueuePauseCodec.write(resumed).toString())).isEqualTo(resumed);
  }

  @Test
  void theWordsOfTheContractAreUsed() {
    QueuePause pause = new QueuePause("cpu", true, NOON, "ops");

    assertThat(QueuePauseCodec.write(pause).toString())
        .isEqualTo(
            "{\"queue\":\"cpu\",\"paused\":true,\"at\":%d,\"by\":\"ops\"}"
                .formatted(NOON.toEpochMilli()));
    assertThat(QueuePauseCodec.properties(pause, "me").getType()).isEqualTo("warren.pause");
  }

  @Test
  void anEntryOfAnotherProgramMaySayLessAndMore() {
    assertThat(read("{\"queue\":\"cpu\",\"paused\":true,\"why\":{\"ticket\":7}}"))
        .isEqualTo(new QueuePause("cpu", true, LATER, ""));
  }

  @Test
  void aReaderOfCancellationsPassesItOver() {
    JsonText body = QueuePauseCodec.write(new QueuePause("cpu", true, NOON, "ops"));

    assertThatThrownBy(() -> CancellationCodec.read(body, LATER))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("neither");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "nonsense",
        "{\"queue\":\"cpu\"}",
        "{\"paused\":true}",
        "{\"queue\":7,\"paused\":true}",
        "{\"queue\":\"cpu\",\"paused\":1}",
        "{\"queue\":\"a.b\",\"paused\":true}",
        "{\"queue\":\"\",\"paused\":true}"
      })
  void whatSaysTooLittleIsRefused(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(CodecException.class);
  }
}
