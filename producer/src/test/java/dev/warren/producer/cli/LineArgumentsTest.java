package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LineArgumentsTest {
  private static final ArgumentSchema FILE =
      schema(
          """
          {"type": "object", "required": ["path"],
           "properties": {"path": {"type": "string"}, "top": {"type": ["integer", "null"]}}}
          """);
  private static final ArgumentSchema RESIZE =
      schema(
          """
          {"type": "object", "required": ["path", "width"],
           "properties": {"path": {"type": "string"}, "width": {"type": "integer"}}}
          """);
  private static final ArgumentSchema ANY = schema("{}");

  private static ArgumentSchema schema(String json) {
    return new ArgumentSchema("some.type", JsonCodec.tree(JsonText.of(json), "schema"));
  }

  private static LineArguments lines(
      ArgumentSchema schema, @Nullable String field, String... pairs) {
    return new LineArguments(ArgumentTemplate.parse(List.of(pairs)), field, () -> schema);
  }

  private static String of(LineArguments arguments, String line) {
    return arguments.of(new LineParts(line, 7), "line 7").toString();
  }

  @Test
  void anObjectIsTheArguments() {
    assertThat(of(lines(FILE, null), " {\"path\": \"a\"} ")).isEqualTo("{\"path\": \"a\"}");
  }

  @Test
  void anObjectIsPutOverWhatIsTheSameForAll() {
    assertThat(of(lines(FILE, null, "top:=3", "path=b"), "{\"path\":\"a\"}"))
        .isEqualTo("{\"top\":3,\"path\":\"a\"}");
  }

  @Test
  void numbersOfALineStayAsTheyAreWritten() {
    assertThat(of(lines(FILE, null, "top:=1.50"), "{\"path\":[1e400, 2.0]}"))
        .isEqualTo("{\"top\":1.50,\"path\":[1e400, 2.0]}");
    ArgumentSchema number = schema("{\"properties\": {\"a\": {\"type\": \"number\"}}}");
    assertThat(of(lines(number, "a"), " 1.50 ")).isEqualTo("{\"a\":1.50}");
    assertThat(of(lines(ANY, null, "a:=[{}, 1.0]"), "1.50")).isEqualTo("{\"a\":[1.50, 1.0]}");
  }

  @Test
  void anyOtherLineIsTheOneRequiredArgument() {
    assertThat(of(lines(FILE, null), "42")).isEqualTo("{\"path\":\"42\"}");
  }

  @Test
  void theRequiredArgumentThatIsLeftIsTheLine() {
    assertThat(of(lines(RESIZE, null, "path=x.png"), "160"))
        .isEqualTo("{\"path\":\"x.png\",\"width\":160}");
  }

  @Test
  void twoRequiredArgumentsAreNotGuessedAt() {
    assertThatThrownBy(() -> of(lines(RESIZE, null), "x.png"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("path and width")
        .hasMessageContaining("--arg NAME");
  }

  @Test
  void theArgumentMayBeNamed() {
    assertThat(of(lines(RESIZE, "width"), "160")).isEqualTo("{\"width\":160}");
  }

  @Test
  void aTypeThatTakesAnyJsonGetsTheLineItself() {
    assertThat(of(lines(ANY, null), "17")).isEqualTo("17");
    assertThat(of(lines(ANY, null), "some words")).isEqualTo("\"some words\"");
  }

  @Test
  void aTypeOfWhichNothingIsKnownAsksForAName() {
    assertThatThrownBy(() -> of(lines(ArgumentSchema.unknown("new"), null), "x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'new'");
    assertThat(of(lines(ArgumentSchema.unknown("new"), "name"), "5")).isEqualTo("{\"name\":\"5\"}");
  }

  @Test
  void theLineStandsWhereBracesAre() {
    assertThat(of(lines(FILE, null, "path=/data/{}.txt", "top:={}"), "5"))
        .isEqualTo("{\"path\":\"/data/5.txt\",\"top\":5}");
  }

  @Test
  void insideJsonTextTheLineIsEscaped() {
    assertThat(of(lines(ANY, null, "all:=[\"say \\\"{}\\\"\",{}]"), "\"a\\\\b\""))
        .isEqualTo(
            JsonCodec.write(Map.of("all", List.of("say \"\"a\\\\b\"\"", "a\\b")), "expected")
                .toString());
  }

  @Test
  void brokenJsonSaysWhere() {
    assertThatThrownBy(() -> of(lines(FILE, null), "{\"path\": "))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("line 7 is not JSON")
        .hasMessageContaining("column");
    assertThatThrownBy(() -> of(lines(FILE, null, "top:={}"), "five"))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("line 7")
        .hasMessageContaining("'top'");
  }

  @Test
  void partsOfTheLineStandWhereTheirMarksAre() {
    assertThat(of(lines(FILE, null, "path={//}/{/.}.txt", "top:=[{#},\"{.}\"]"), "a/b\"c.md"))
        .isEqualTo("{\"path\":\"a/b\\\"c.txt\",\"top\":[7,\"a/b\\\"c\"]}");
  }

  private static String command(List<String> words, String... pairs) {
    ArgumentTemplate template = ArgumentTemplate.parse(List.of(pairs)).withCommand(words);
    return of(new LineArguments(template.withLine(), null, () -> ANY), "in/a b.png");
  }

  @Test
  void wordsOfACommandAreFilledOneByOne() {
    assertThat(command(List.of("convert", "{}", "-o={.}.jpg", "$(x)"), "ok:=[0,1]"))
        .isEqualTo(
            "{\"ok\":[0,1],\"command\":[\"convert\",\"in/a b.png\",\"-o=in/a b.jpg\",\"$(x)\"]}");
  }

  @Test
  void aCommandWithoutALineGetsItAsItsLastWord() {
    assertThat(command(List.of("gzip", "-k")))
        .isEqualTo("{\"command\":[\"gzip\",\"-k\",\"in/a b.png\"]}");
    assertThat(command(List.of("cat"), "stdinFile={}"))
        .isEqualTo("{\"stdinFile\":\"in/a b.png\",\"command\":[\"cat\"]}");
    assertThatThrownBy(() -> command(List.of("cat"), "command=x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("given twice");
  }

  @Test
  void namingTheArgumentTwiceIsRefused() {
    assertThatThrownBy(() -> lines(FILE, "path", "path=x"))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> lines(FILE, "path", "top:={}"))
        .isInstanceOf(ConfigurationException.class);
  }
}
