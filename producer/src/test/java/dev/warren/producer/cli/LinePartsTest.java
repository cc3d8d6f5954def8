package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinePartsTest {
  private static String filled(String text, String line) {
    return new LineParts(line, 12).into(text);
  }

  @ParameterizedTest
  @CsvSource({
    "foo.jpg,               foo,               foo.jpg,    foo,     .",
    "subdir/foo.tar.gz,     subdir/foo.tar,    foo.tar.gz, foo.tar, subdir",
    "sub.dir/bar,           sub.dir/bar,       bar,        bar,     sub.dir",
    "/foo.jpg,              /foo,              foo.jpg,    foo,     /",
    "/a//b.c,               /a//b,             b.c,        b,       /a",
    "a b/c d.e f,           a b/c d,           c d.e f,    c d,     a b",
    "plain,                 plain,             plain,      plain,   .",
    "a/b/,                  a/b/,              '',         '',      a",
    "/,                     /,                 '',         '',      /",
    ".hidden,               '',                .hidden,    '',      .",
    "a.,                    a,                 a.,         a,       ."
  })
  void theMarksMeanWhatTheyMeanToGnuParallel(
      String line, String bare, String name, String bareName, String folder) {
    assertThat(filled("{}", line)).isEqualTo(line);
    assertThat(filled("{.}", line)).isEqualTo(bare);
    assertThat(filled("{/}", line)).isEqualTo(name);
    assertThat(filled("{/.}", line)).isEqualTo(bareName);
    assertThat(filled("{//}", line)).isEqualTo(folder);
    assertThat(filled("{#}", line)).isEqualTo("12");
  }

  @Test
  void marksMayStandInTextAndWhatIsPutInIsNotLookedAtAgain() {
    assertThat(filled("<{}|{#}{#}>{", "{.}")).isEqualTo("<{.}|1212>{");
    assertThat(filled("{ }{x}{{}}", "y")).isEqualTo("{ }{x}{y}");
  }
}
