package dev.warren.worker.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static List<String> read(String text, int longest) throws IOException {
    List<String> all = new ArrayList<>();
    try (Lines lines =
        new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), longest)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        all.add(line);
      }
    }
    return all;
  }

  @Test
  void linesEndInEachOfTheUsualWays() throws IOException {
    assertThat(read("one\ntwo\r\nthree\rfour\n\n\r\nüñ", 100))
        .containsExactly("one", "two", "three", "four", "", "", "üñ");
    assertThat(read("", 100)).isEmpty();
  }

  @Test
  void aLineThatDoesNotEndComesInPieces() throws IOException {
    assertThat(read("0123456789\nab", 4)).containsExactly("0123", "4567", "89", "ab");
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return '.';
          }
        };
    try (Lines lines = new Lines(endless, 4)) {
      assertThat(lines.next()).isEqualTo("....");
    }
  }
}
