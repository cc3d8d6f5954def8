package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CancellationCodecTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(60);
  private static final TaskId TASK = TaskId.of("01938c5e-7a00-7000-8000-000000000001");

  private static Cancellation read(String body) {
    return CancellationCodec.read(JsonText.of(body), LATER);
  }

  @Test
  void whatIsWrittenIsRead() {
    Cancellation one = new Cancellation.OfTask(TASK, 3, NOON, "billing");
    Cancellation all = new Cancellation.OfTask(TASK, Cancellation.EVERY_GENERATION, NOON, "");
    Cancellation batch = new Cancellation.OfBatch("b-1", NOON, "billing");

    assertThat(read(CancellationCodec.write(one).toString())).isEqualTo(one);
    assertThat(read(CancellationCodec.write(all).toString())).isEqualTo(all);
    assertThat(read(CancellationCodec.write(batch).toString())).isEqualTo(batch);
  }

  @Test
  void theWordsOfTheContractAreUsed() {
    assertThat(CancellationCodec.write(new Cancellation.OfTask(TASK, 2, NOON, "me")).toString())
        .isEqualTo(
            "{\"task\":\"%s\",\"generation\":2,\"at\":%d,\"by\":\"me\"}"
                .formatted(TASK, NOON.toEpochMilli()));
    assertThat(CancellationCodec.write(new Cancellation.OfBatch("b", NOON, "")).toString())
        .isEqualTo("{\"batch\":\"b\",\"at\":%d}".formatted(NOON.toEpochMilli()));
  }

  @Test
  void anEntryOfAnotherProgramMaySayLessAndMore() {
    assertThat(read("{\"task\":\"" + TASK + "\",\"why\":{\"ticket\":7}}"))
        .isEqualTo(new Cancellation.OfTask(TASK, Cancellation.EVERY_GENERATION, LATER, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "7",
        "nonsense",
        "{\"task\":\"no-uuid\"}",
        "{\"task\":7}",
        "{\"batch\":\"\"}",
        "{\"task\":\"01938c5e-7a00-7000-8000-000000000001\",\"generation\":-1}"
      })
  void whatNamesNothingIsRefused(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(CodecException.class);
  }
}
