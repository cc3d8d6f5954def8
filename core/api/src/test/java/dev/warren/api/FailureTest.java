package dev.warren.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static final String HARE = "\ud83d\udc07";

  private static void canBeWritten(String text) {
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(text)).as(text).isTrue();
  }

  @Test
  void halfACharacterOfAProgramsErrorIsReplaced() {
    Failure failure = new Failure("a\ud83d", "\udc07b" + HARE, "c\ud83dd" + HARE);

    assertThat(failure).isEqualTo(new Failure("a?", "?b" + HARE, "c?d" + HARE));
  }

  @Test
  void aCutLeavesNoHalfACharacter() {
    for (int before = 1_990; before < 2_000; before++) {
      Failure failure = new Failure("Broken", "x".repeat(before) + HARE.repeat(20), "");

      canBeWritten(failure.message());
      assertThat(failure.message()).hasSizeBetween(1_999, 2_000).endsWith("…");
    }
  }
}
