package dev.warren.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"echo", "image.thumbnail", "a.b.c", "A-1_x.y"})
  void dottedNamesAreTaskTypes(String name) {
    assertThat(Names.requireType(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a b", "a#", "ü", "a*"})
  void otherNamesAreNot(String name) {
    assertThatThrownBy(() -> Names.requireType(name))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + name + "'");
  }

  @Test
  void aQueueHasNoDots() {
    assertThatThrownBy(() -> Names.requireQueue("a.b")).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void noQueueTakesTheDeadLettersOfTheBroker() {
    assertThatThrownBy(() -> Names.requireQueue("inbox"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("warren.dead.inbox");
    assertThat(Names.requireQueue("inbox-2")).isEqualTo("inbox-2");
  }

  @Test
  void queueAndTypeTogetherAreLimited() {
    assertThat(Names.key("q", "t".repeat(198))).hasSize(200);
    assertThatThrownBy(() -> Names.key("q", "t".repeat(199)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("200 bytes");
  }
}
