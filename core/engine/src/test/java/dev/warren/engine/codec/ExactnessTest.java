package dev.warren.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.CodecException;
import dev.warren.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactnessTest {
  private static JsonNode parts(String json) {
    return JsonParts.tree(JsonText.of(json), "kept"::equals, "it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.50",
        "-1e400",
        "\"\\\"}]\"",
        "\"\u00e9\ud83d\ude00\"",
        "true",
        "null",
        "[ 1.0 , [] ]",
        "{ \"kept\" : 1.0 }"
      })
  void aKeptFieldIsWhatStoodThereAndIsWrittenSo(String value) {
    for (String around :
        List.of("{\"kept\":%s}", " {\"a\":\"\u00fc\",\n\"kept\" :  %s  ,\"b\":1} ")) {
      JsonNode tree = parts(around.formatted(value));
      assertThat(JsonParts.text(tree.get("kept"), "it")).hasToString(value);
      assertThat(JsonCodec.write(tree, "it").toString()).contains("\"kept\":" + value);
      assertThat(tree.toString()).contains("\"kept\":" + value);
    }
    assertThat(parts("[{\"in\":{\"kept\":" + value + "}}]").at("/0/in/kept").isPojo()).isTrue();
  }

  @Test
  void aByteOrderMarkMovesNothing() {
    assertThat(JsonParts.text(parts("\ufeff{\"kept\":1.50}").get("kept"), "it"))
        .hasToString("1.50");
  }

  @Test
  void allElseIsATreeAsEverywhere() {
    String json =
        "{\"a\":[1,2147483648,123456789012345678901,1.5,true,false,null,\"x\",{}],\"b\":{\"c\":[]}}";
    assertThat(parts(json)).isEqualTo(JsonCodec.tree(JsonText.of(json), "it"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"kept\":}", "{\"kept\":[1}", "{\"kept\":1", "{} {}", "nul"})
  void whatIsNotOneJsonValueIsRefused(String json) {
    assertThatThrownBy(() -> parts(json))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("it ");
  }

  record Holder(String name, Json value) {}

  @Test
  void aJsonValueIsNotReadWhereverItStands() {
    String exact = "{\"n\":[1.50,-0.0,1e400,0.1234567890123456789012345],\"s\":\"\\n\"}";
    assertThat(JsonCodec.read(JsonText.of(exact), Json.class, "it")).isEqualTo(new Json(exact));
    assertThat(JsonCodec.read(JsonText.of("null"), Json.class, "it")).isEqualTo(new Json("null"));
    String inside = "{\"name\":\"a\",\"value\":" + exact + "}";
    Holder holder = JsonCodec.read(JsonText.of(inside), Holder.class, "it");
    assertThat(holder).isEqualTo(new Holder("a", new Json(exact)));
    assertThat(JsonCodec.write(holder, "it")).hasToString(inside);
    assertThat(JsonCodec.read(JsonText.of("{\"name\":\"a\",\"value\":null}"), Holder.class, "it"))
        .isEqualTo(new Holder("a", new Json("null")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1,\"b\":2", "{"})
  void whatIsNoJsonSpoilsNoMessage(String text) {
    assertThatThrownBy(() -> JsonCodec.write(new Holder("a", new Json(text)), "it"))
        .isInstanceOf(CodecException.class);
  }
}
