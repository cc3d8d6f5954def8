package dev.warren.engine.codec;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Writes an object as JSON into bytes, piece by piece, for what is written for every task: names
 * and values that are bytes already are copied, nothing is looked up. Not safe for concurrent use.
 */
public final class JsonBytes {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_NUMBER = 20;
  private static final int UUID_TEXT = 36;

  private byte[] bytes;
  private int length;

  /**
   * @param size how much room to begin with
   */
  public JsonBytes(int size) {
    bytes = new byte[size];
  }

  /**
   * The name of a field as it is written, with what comes before it and the colon, for {@link
   * #raw}.
   *
   * @param before the comma or the brace
   */
  public static byte[] name(char before, String name) {
    return (before + "\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
  }

  /** Bytes as they are. */
  public JsonBytes raw(byte[] text) {
    return raw(text, 0, text.length);
  }

  /** What was written there so far. */
  public JsonBytes raw(JsonBytes text) {
    return raw(text.bytes, 0, text.length);
  }

  /** Some bytes as they are. */
  public JsonBytes raw(byte[] text, int begin, int end) {
    room(end - begin);
    System.arraycopy(text, begin, bytes, length, end - begin);
    length += end - begin;
    return this;
  }

  /** One character of ASCII as it is. */
  public JsonBytes raw(char text) {
    room(1);
    bytes[length++] = (byte) text;
    return this;
  }

  /** A value that is JSON. */
  public JsonBytes value(JsonText json) {
    return raw(json.bytes());
  }

  public JsonBytes value(String text) {
    room(text.length() + 2);
    int at = length;
    bytes[at++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next < ' ' || next > '~' || next == '"' || next == '\\') {
        length = at;
        return quoted(text, i);
      }
      bytes[at++] = (byte) next;
    }
    bytes[at++] = '"';
    length = at;
    return this;
  }

  /** The rest of a text that has more than plain characters. */
  private JsonBytes quoted(String text, int from) {
    raw(JsonStringEncoder.getInstance().quoteAsUTF8(text.substring(from)));
    return raw('"');
  }

  public JsonBytes value(long number) {
    room(LONGEST_NUMBER);
    if (number < 0) {
      return raw(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }
    int end = length + digits(number);
    int at = end;
    long rest = number;
    do {
      bytes[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    length = end;
    return this;
  }

  private static int digits(long number) {
    int digits = 1;
    for (long rest = number; rest > 9; rest /= 10) {
      digits++;
    }
    return digits;
  }

  public JsonBytes value(UUID id) {
    room(UUID_TEXT + 2);
    bytes[length++] = '"';
    hex(id.getMostSignificantBits() >>> 32, 8);
    bytes[length++] = '-';
    hex(id.getMostSignificantBits() >>> 16, 4);
    bytes[length++] = '-';
    hex(id.getMostSignificantBits(), 4);
    bytes[length++] = '-';
    hex(id.getLeastSignificantBits() >>> 48, 4);
    bytes[length++] = '-';
    hex(id.getLeastSignificantBits(), 12);
    bytes[length++] = '"';
    return this;
  }

  private void hex(long bits, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      bytes[length++] = DIGITS[(int) (bits >>> shift) & 0xf];
    }
  }

  /** How many bytes were written. */
  public int size() {
    return length;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  /** What was written, to which nothing may be added any more. */
  public JsonText text() {
    return JsonText.wrap(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
  }
}
