package dev.warren.producer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmittedArgumentsTest {
  private static String read(String... words) {
    return SubmittedArguments.read(List.of(words), InputStream.nullInputStream()).toString();
  }

  @Test
  void nothingIsAnEmptyObject() {
    assertThat(read()).isEqualTo("{}");
  }

  @Test
  void jsonStaysAsItIs() {
    assertThat(read("{\"a\": [1, 2]}")).isEqualTo("{\"a\": [1, 2]}");
    assertThat(read("[1]")).isEqualTo("[1]");
    assertThat(read("5")).isEqualTo("5");
    assertThat(read("\"text\"")).isEqualTo("\"text\"");
  }

  @Test
  void pairsMakeAnObject() {
    assertThat(read("name=x=y", "size:=5", "deep:={\"a\":null}", "empty="))
        .isEqualTo("{\"name\":\"x=y\",\"size\":5,\"deep\":{\"a\":null},\"empty\":\"\"}");
  }

  @Test
  void aCommandIsAListOfWordsAsTheyAre() {
    GivenWords given = new GivenWords(List.of("ok:=[1]"), List.of("uname", "-a", "{}", "x=1"));
    assertThat(SubmittedArguments.ofCommand(given))
        .hasToString("{\"ok\":[1],\"command\":[\"uname\",\"-a\",\"{}\",\"x=1\"]}");
  }

  @Test
  void numbersInPairsStayAsTheyAreWritten() {
    assertThat(read("a:=1.50", "b:=1e400", "c:= 0.1234567890123456789012345 "))
        .isEqualTo("{\"a\":1.50,\"b\":1e400,\"c\":0.1234567890123456789012345}");
  }

  @Test
  void aFileAndStandardInputAreRead(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "{\"from\": \"file\"}");
    assertThat(read("@" + file)).isEqualTo("{\"from\": \"file\"}");
    InputStream in = new ByteArrayInputStream("{\"from\":\"in\"}".getBytes(UTF_8));
    assertThat(SubmittedArguments.read(List.of("-"), in)).hasToString("{\"from\":\"in\"}");
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> read("hello"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'hello'");
    assertThatThrownBy(() -> read("{\"a\":"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("line 1, column");
    assertThatThrownBy(() -> read("{\"a\":1}", "b=2")).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> read("a=1", "a=2"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> read("a:=x"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("'a=…'");
    assertThatThrownBy(() -> read("@/no/such/file"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("/no/such/file");
  }

  @Test
  void inputThatNoMessageCouldCarryIsRefusedBeforeItIsAllRead() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return '1';
          }
        };
    assertThatThrownBy(() -> SubmittedArguments.read(List.of("-"), endless))
        .isInstanceOf(TaskRefusedException.class);
  }
}
