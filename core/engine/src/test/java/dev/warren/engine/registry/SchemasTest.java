package dev.warren.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Json;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SchemasTest {
  enum Format {
    JPEG,
    PNG
  }

  record Size(int width, int height) {}

  record Thumbnail(
      String source,
      Size size,
      Optional<Format> format,
      @Nullable String title,
      List<Size> also,
      Map<String, Integer> weights,
      @JsonProperty("dry-run") boolean dryRun) {}

  record Tree(String name, List<Tree> children) {}

  record Values(
      Instant at,
      Duration limit,
      Path path,
      UUID id,
      double ratio,
      long count,
      JsonNode anything,
      Object whatever) {}

  static final class Bean {
    public String name = "";
    public byte[] bytes = {1, 2};
    @JsonIgnore public String hidden = "";
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return JsonCodec.json().readTree(text.replace('\'', '"'));
  }

  private static List<String> problems(Class<?> type, String arguments) throws Exception {
    return ArgumentsCheck.check(Schemas.of(type), json(arguments)).stream()
        .map(ArgumentsCheck.Problem::toString)
        .toList();
  }

  @Test
  void componentsAreRequiredUnlessOptionalOrNullable() {
    JsonNode schema = Schemas.of(Thumbnail.class);

    assertThat(schema.get("$schema").asText()).contains("2020-12");
    assertThat(schema.get("required"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder("source", "size", "also", "weights", "dry-run");
    assertThat(schema.get("additionalProperties").asBoolean(true)).isFalse();
  }

  @Test
  void whatTheCodecWritesFitsItsSchema() throws Exception {
    Thumbnail full =
        new Thumbnail(
            "a.png",
            new Size(1, 2),
            Optional.of(Format.PNG),
            "title",
            List.of(new Size(3, 4)),
            Map.of("x", 1),
            true);
    Thumbnail sparse =
        new Thumbnail("a", new Size(1, 2), Optional.empty(), null, List.of(), Map.of(), false);
    Values values =
        new Values(
            Instant.EPOCH,
            Duration.ofSeconds(3),
            Path.of("/a"),
            new UUID(1, 2),
            0.5,
            7,
            JsonCodec.json().createArrayNode(),
            Map.of());
    Tree tree = new Tree("a", List.of(new Tree("b", List.of())));
    for (Object value : List.of(full, sparse, values, tree, new Bean(), "text", 5, List.of())) {
      JsonText text = JsonCodec.write(value, "a value");
      assertThat(ArgumentsCheck.check(Schemas.of(value.getClass()), JsonCodec.tree(text, "it")))
          .as(value.toString())
          .isEmpty();
    }
  }

  @Test
  void whatDoesNotFitIsNamedWithItsPath() throws Exception {
    String good =
        "'source': 'a', 'size': {'width': 1, 'height': 2}, 'also': [], 'weights': {}, 'dry-run':"
            + " true";

    assertThat(problems(Thumbnail.class, "{" + good + "}")).isEmpty();
    assertThat(problems(Thumbnail.class, "{" + good + ", 'format': 'GIF'}"))
        .containsExactly("format: \"GIF\" is none of \"JPEG\", \"PNG\"");
    assertThat(problems(Thumbnail.class, "{" + good + ", 'titel': 'x'}"))
        .containsExactly("unknown field 'titel'; did you mean 'title'?");
    assertThat(problems(Thumbnail.class, "{" + good + ", 'title': 5}"))
        .containsExactly("title: expected string or null, found 5");
    assertThat(problems(Thumbnail.class, "[]")).containsExactly("expected object, found an array");
    assertThat(
            problems(
                Thumbnail.class,
                "{'source': 'a', 'size': {'width': 'wide'}, 'also': [{'width': 1, 'height': 1.5}],"
                    + " 'weights': {'x': true}}"))
        .containsExactlyInAnyOrder(
            "missing field 'dry-run' (boolean)",
            "size: missing field 'height' (integer)",
            "size.width: expected integer, found \"wide\"",
            "also[0].height: expected integer, found 1.5",
            "weights.x: expected integer, found true");
  }

  @Test
  void recursiveTypesAreCheckedToTheirDepth() throws Exception {
    assertThat(problems(Tree.class, "{'name': 'a', 'children': [{'name': 1, 'children': []}]}"))
        .containsExactly("children[0].name: expected string, found 1");
    assertThat(problems(Tree.class, "{'name': 'a', 'children': [{'name': 'b'}]}"))
        .containsExactly("children[0]: missing field 'children' (array)");
  }

  @Test
  void wholeNumbersMayBeWrittenWithAFraction() throws Exception {
    assertThat(problems(Size.class, "{'width': 1.0, 'height': 2e1}")).isEmpty();
    assertThat(problems(Size.class, "{'width': 1, 'height': null}"))
        .containsExactly("height: expected integer, found null");
    assertThat(problems(Size.class, "{'width': 1e400, 'height': 1.5}"))
        .containsExactly(
            "width: expected integer, found a number that is too large",
            "height: expected integer, found 1.5");
  }

  @Test
  void anythingFitsAnObjectAndNothingButNullFitsVoid() throws Exception {
    assertThat(problems(Object.class, "{'a': [1]}")).isEmpty();
    assertThat(problems(JsonNode.class, "5")).isEmpty();
    assertThat(problems(JsonNode.class, "{'a': [1]}")).isEmpty();
    assertThat(problems(Json.class, "{'a': [1]}")).isEmpty();
    assertThat(problems(Json.class, "null")).isEmpty();
    assertThat(problems(Void.class, "null")).isEmpty();
    assertThat(problems(Void.class, "5")).containsExactly("expected null, found 5");
  }

  @Test
  void whatJacksonHidesIsNoField() {
    assertThat(Schemas.of(Bean.class).get("properties").has("hidden")).isFalse();
  }

  @Test
  void keywordsAndReferencesItDoesNotKnowForbidNothing() throws Exception {
    JsonNode schema = json("{'$ref': 'https://example.com/x', 'frobnicate': true}");
    assertThat(ArgumentsCheck.check(schema, json("{'a': 1}"))).isEmpty();
    assertThat(ArgumentsCheck.check(json("true"), json("1"))).isEmpty();
  }
}
