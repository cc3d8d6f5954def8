package dev.warren.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScanTest {
  @Test
  void seesEachByteWhereverItStandsInALongString() {
    for (int length = 1; length <= 40; length++) {
      for (int at = 0; at < length; at++) {
        for (int odd = 0; odd < 256; odd++) {
          byte[] text = ("\"" + "x".repeat(length) + "\"").getBytes(StandardCharsets.US_ASCII);
          text[1 + at] = (byte) odd;
          boolean plain = odd >= ' ' && odd < 0x80 && odd != '"' && odd != '\\';

          assertThat(JsonScan.isOneValue(text))
              .as("byte %s at %s of %s", odd, at, length)
              .isEqualTo(plain);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        " {\"a\" : [1, -0.5e+7, {\"b\":null}, [], true,false] , \"\" : \"\\u00e4\\n\"}\r\n",
        "\"\"",
        "\"ä中😊\"",
        "0",
        "-12.5E-3 ",
        "null",
        "[[[[[[[[[[\"x\"]]]]]]]]]]"
      })
  void acceptsWhatIsOneValue(String text) {
    assertThat(scan(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1]",
        "[1}",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "-",
        "NaN",
        "tru",
        "truex",
        "nul",
        "1 2",
        "[] []",
        "\"a",
        "\"a\\x\"",
        "\"\\u12g4\"",
        "\"\\u12",
        "\"a\tb\"",
        "'a'",
        "[1 2]",
        "{\"a\" 1}",
        "\ufeff1",
        "//\n1"
      })
  void acceptsNothingElse(String text) {
    assertThat(scan(text)).isFalse();
  }

  @Test
  void leavesBrokenCharactersToTheParser() {
    assertThat(JsonScan.isOneValue(new byte[] {'"', (byte) 0xc3, '"'})).isFalse();
    assertThat(JsonScan.isOneValue(new byte[] {'"', (byte) 0xff, '"'})).isFalse();
    assertThat(JsonScan.isOneValue(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'})).isFalse();
    assertThat(JsonScan.isOneValue(new byte[] {'"', (byte) 0xe4, (byte) 0xb8})).isFalse();
  }

  @Test
  void acceptsNothingThatTheParserRefuses() {
    Random random = new Random(7);
    String[] parts = {
      "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "1", "-", "0", ".", "e", "+", " ",
      "\n", "true", "null", "fal", "\\", "\\n", "\\u00", "ä", "中", "\u0001"
    };
    int accepted = 0;
    for (int i = 0; i < 300_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (random.nextInt(4) == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (JsonScan.isOneValue(bytes)) {
        accepted++;
        assertThat(parses(bytes)).as(text.toString()).isTrue();
      }
    }
    assertThat(accepted).isGreaterThan(1_000);
  }

  private static boolean scan(String text) {
    return JsonScan.isOneValue(text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean parses(byte[] bytes) {
    try (JsonParser parser = JsonCodec.json().createParser(bytes)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException malformed) {
      return false;
    }
  }
}
