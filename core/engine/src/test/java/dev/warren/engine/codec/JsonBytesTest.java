package dev.warren.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBytesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "with \"quotes\" and \\ and /",
        "line\nfeed\ttab\u0000zero\u007f",
        "plain first, then ä, 中, 😊 and plain again"
      })
  void textsAreReadAsTheyWereWritten(String text) {
    JsonNode read =
        JsonCodec.tree(
            new JsonBytes(1).raw(JsonBytes.name('{', "text")).value(text).raw('}').text(), "it");

    assertThat(read.get("text").textValue()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 1_234_567_890_123L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void numbersAreReadAsTheyWereWritten(long number) {
    assertThat(new JsonBytes(1).value(number).text()).hasToString(Long.toString(number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"})
  void idsAreWrittenAsUsual(String id) {
    assertThat(new JsonBytes(1).value(UUID.fromString(id)).text()).hasToString('"' + id + '"');
  }
}
