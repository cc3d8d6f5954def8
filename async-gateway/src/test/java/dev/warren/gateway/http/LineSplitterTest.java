package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter =
      new LineSplitter(5, line -> lines.add(new String(line, StandardCharsets.UTF_8)));

  @Test
  void whereverTheTextIsCutTheLinesAreTheSame() {
    String text = "one\r\n\n\u00e4\u00f6\nfour\n\r\nsix";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size <= bytes.length; size++) {
      lines.clear();
      for (int begin = 0; begin < bytes.length; begin += size) {
        Buffer part = Buffer.buffer(bytes).getBuffer(begin, Math.min(bytes.length, begin + size));
        assertThat(splitter.add(part)).isTrue();
      }
      assertThat(splitter.end()).isTrue();
      assertThat(lines).containsExactly("one", "", "\u00e4\u00f6", "four", "", "six");
      // It ends with what was begun; the next round begins anew.
      lines.clear();
    }
  }

  @Test
  void aLineThatIsTooLongIsRefusedWhereverItIsCut() {
    assertThat(splitter.add(Buffer.buffer("12345\n"))).isTrue();
    assertThat(splitter.add(Buffer.buffer("123456\n"))).isFalse();
    assertThat(splitter.add(Buffer.buffer("123"))).isTrue();
    assertThat(splitter.add(Buffer.buffer("456"))).isFalse();
    assertThat(lines).containsExactly("12345");
  }
}
