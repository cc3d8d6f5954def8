package dev.warren.producer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.CodecException;
import dev.warren.api.TaskRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineInputTest {
  private static List<String> lines(byte[] bytes) throws IOException {
    LineInput input = new LineInput(new ByteArrayInputStream(bytes));
    List<String> lines = new ArrayList<>();
    for (String line = input.next(); line != null; line = input.next()) {
      lines.add(line);
      assertThat(input.number()).isEqualTo(lines.size());
    }
    return lines;
  }

  @Test
  void readsLinesWithAndWithoutAnEnd() throws IOException {
    assertThat(lines("a\r\n\nö€\nlast".getBytes(UTF_8))).containsExactly("a", "", "ö€", "last");
    assertThat(lines(new byte[0])).isEmpty();
    assertThat(lines("x\n".getBytes(UTF_8))).containsExactly("x");
  }

  @Test
  void readsLinesLongerThanItsBuffer() throws IOException {
    String large = "é".repeat(200_000);
    assertThat(lines((large + "\n" + large).getBytes(UTF_8))).containsExactly(large, large);
  }

  @Test
  void refusesWhatIsNoUtf8() {
    assertThatThrownBy(() -> lines(new byte[] {'a', '\n', (byte) 0xff}))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void refusesALineWithoutEndBeforeItFillsTheMemory() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };
    assertThatThrownBy(() -> new LineInput(endless).next())
        .isInstanceOf(TaskRefusedException.class)
        .hasMessageContaining("line 1");
  }
}
