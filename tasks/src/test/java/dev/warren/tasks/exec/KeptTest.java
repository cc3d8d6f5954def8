package dev.warren.tasks.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptTest {
  private static Kept filled(Kept kept, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    kept.add(bytes, bytes.length);
    return kept;
  }

  @Test
  void whatFitsIsKeptWhole() {
    assertThat(filled(Kept.first(4), "four").text()).isEqualTo("four");
    assertThat(filled(Kept.last(4), "four").text()).isEqualTo("four");
    assertThat(filled(Kept.first(4), "four").isCut()).isFalse();
    assertThat(filled(Kept.last(4), "four").isCut()).isFalse();
    assertThat(Kept.last(4).text()).isEmpty();
  }

  @Test
  void aCharacterThatTheCutGoesThroughIsLeftOut() {
    // Of one, two, three and four bytes.
    assertThat(filled(Kept.first(9), "aü€😀z").text()).isEqualTo("aü€");
    assertThat(filled(Kept.first(6), "aü€😀z").text()).isEqualTo("aü€");
    assertThat(filled(Kept.first(5), "aü€😀z").text()).isEqualTo("aü");
    assertThat(filled(Kept.first(2), "aü€😀z").text()).isEqualTo("a");
    assertThat(filled(Kept.last(2), "aü€😀z").text()).isEqualTo("z");
    assertThat(filled(Kept.last(5), "aü€😀z").text()).isEqualTo("😀z");
    assertThat(filled(Kept.last(7), "aü€😀z").text()).isEqualTo("😀z");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverThePiecesTheFirstOrLastBytesAreKept(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      int limit = random.nextInt(3_000);
      Kept first = Kept.first(limit);
      Kept last = Kept.last(limit);
      StringBuilder all = new StringBuilder();
      for (int pieces = random.nextInt(6); pieces > 0; pieces--) {
        String piece = Integer.toString(random.nextInt(1_000)).repeat(random.nextInt(800));
        all.append(piece);
        filled(first, piece);
        filled(last, piece);
      }
      int kept = Math.min(limit, all.length());
      assertThat(first.text()).isEqualTo(all.substring(0, kept));
      assertThat(last.text()).isEqualTo(all.substring(all.length() - kept));
      assertThat(first.isCut()).isEqualTo(all.length() > limit).isEqualTo(last.isCut());
    }
  }

  @Test
  void aTextIsCutToItsWeightAsJson() {
    assertThat(JsonWeight.beginning("a\u0000b", 7)).isEqualTo("a\u0000");
    assertThat(JsonWeight.beginning("a\u0000b", 6)).isEqualTo("a");
    assertThat(JsonWeight.beginning("a😀b", 4)).isEqualTo("a");
    assertThat(JsonWeight.beginning("a😀b", 5)).isEqualTo("a😀");
    assertThat(JsonWeight.end("a😀b", 4)).isEqualTo("b");
    assertThat(JsonWeight.end("a😀b", 5)).isEqualTo("😀b");
    assertThat(JsonWeight.end("\"x", 2)).isEqualTo("x");
    assertThat(JsonWeight.end("short", 100)).isEqualTo("short");
  }
}
