package dev.warren.engine.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sees quickly, without building anything, that bytes are one JSON value. What it does not accept
 * may be JSON all the same, as what nests deeply or has very long numbers or names: the parser
 * decides about that, and says what is wrong.
 */
final class JsonScan {
  /** Bits of a long, one for each level. */
  private static final int DEEPEST = 63;

  private static final int LONGEST_NUMBER = 300;
  private static final int LONGEST_NAME = 10_000;
  private static final int LONGEST = 16 * 1024 * 1024;

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private static final int NONE = -1;

  // Eight bytes at once: one of each, and the highest bit of each.
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHEST = 0x8080808080808080L;

  private final byte[] text;
  private final ByteBuffer words;
  private int at;

  private JsonScan(byte[] text) {
    this.text = text;
    this.words = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether this is exactly one value in UTF-8, beyond doubt. */
  static boolean isOneValue(byte[] text) {
    return text.length <= LONGEST && new JsonScan(text).isOneValue();
  }

  private boolean isOneValue() {
    int depth = 0;
    // A bit for each level: whether it is an object.
    long objects = 0;
    while (true) {
      int first = next();
      if (first == '{' || first == '[') {
        if (depth == DEEPEST) {
          return false;
        }
        boolean object = first == '{';
        if (peek() == (object ? '}' : ']')) {
          at++;
        } else {
          depth++;
          objects = objects << 1 | (object ? 1 : 0);
          if (object && !name()) {
            return false;
          }
          continue;
        }
      } else if (!scalar(first)) {
        return false;
      }
      // A value has ended: so may those around it, before another one follows.
      while (true) {
        if (depth == 0) {
          return peek() == NONE;
        }
        int after = next();
        boolean object = (objects & 1) != 0;
        if (after == ',') {
          if (object && !name()) {
            return false;
          }
          break;
        }
        if (after != (object ? '}' : ']')) {
          return false;
        }
        depth--;
        objects >>>= 1;
      }
    }
  }

  /** The next byte that is no blank, taken. */
  private int next() {
    int found = peek();
    at++;
    return found;
  }

  private int peek() {
    while (at < text.length) {
      byte here = text[at];
      if (here != ' ' && here != '\n' && here != '\r' && here != '\t') {
        return here & 0xff;
      }
      at++;
    }
    return NONE;
  }

  private boolean name() {
    int began = at;
    return next() == '"' && string() && at - began <= LONGEST_NAME && next() == ':';
  }

  private boolean scalar(int first) {
    return switch (first) {
      case '"' -> string();
      case 't' -> word(TRUE);
      case 'f' -> word(FALSE);
      case 'n' -> word(NULL);
      default -> (first == '-' || isDigit(first)) && number(first);
    };
  }

  /** The rest of a string whose quotation mark was taken. */
  private boolean string() {
    byte[] bytes = text;
    int here = plain(at);
    while (here < bytes.length) {
      byte next = bytes[here++];
      if (next == '"') {
        at = here;
        return true;
      }
      if (next >= ' ' && next != '\\') {
        continue;
      }
      at = here;
      if (next == '\\' ? !escaped() : !multiple(next)) {
        return false;
      }
      here = plain(at);
    }
    return false;
  }

  /**
   * Up to where, at least, there is nothing but characters of a string that stand for themselves.
   */
  private int plain(int from) {
    int here = from;
    while (here <= text.length - Long.BYTES && isPlain(words.getLong(here))) {
      here += Long.BYTES;
    }
    return here;
  }

  /**
   * Whether none of eight bytes is beyond ASCII, a control character, a quotation mark or a
   * backslash: the subtractions set the highest bit of a byte that is, and of others only above it.
   */
  private static boolean isPlain(long eight) {
    long control = eight - ' ' * ONES;
    long quotation = (eight ^ '"' * ONES) - ONES;
    long backslash = (eight ^ '\\' * ONES) - ONES;
    return ((eight | control | quotation | backslash) & HIGHEST) == 0;
  }

  private boolean escaped() {
    if (at == text.length) {
      return false;
    }
    return switch (text[at++]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
      case 'u' -> code();
      default -> false;
    };
  }

  /** Four hexadecimal digits. */
  private boolean code() {
    int end = at + 4;
    if (end > text.length) {
      return false;
    }
    while (at < end) {
      if (Character.digit(text[at++], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The rest of a character of several bytes, written in as few as it needs. */
  private boolean multiple(byte first) {
    int lead = first & 0xff;
    if (lead < 0xe0) {
      return lead >= 0xc2 && continued(1);
    }
    int second = here();
    if (lead < 0xf0) {
      boolean shortest = lead > 0xe0 || second >= 0xa0;
      boolean noSurrogate = lead != 0xed || second < 0xa0;
      return shortest && noSurrogate && continued(2);
    }
    return (lead == 0xf0 ? second >= 0x90 : lead <= 0xf3) && continued(3);
  }

  private boolean continued(int more) {
    int end = at + more;
    if (end > text.length) {
      return false;
    }
    while (at < end) {
      if ((text[at++] & 0xc0) != 0x80) {
        return false;
      }
    }
    return true;
  }

  private boolean word(byte[] word) {
    int end = at - 1 + word.length;
    if (end > text.length) {
      return false;
    }
    for (int i = 1; i < word.length; i++) {
      if (text[at++] != word[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean number(int first) {
    int began = at;
    int lead = first;
    if (lead == '-') {
      lead = here();
      at++;
    }
    if (!isDigit(lead)) {
      return false;
    }
    if (lead != '0') {
      digits();
    }
    if (here() == '.') {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (here() == 'e' || here() == 'E') {
      at++;
      if (here() == '+' || here() == '-') {
        at++;
      }
      if (!digits()) {
        return false;
      }
    }
    return at - began <= LONGEST_NUMBER;
  }

  /** Takes digits; whether there were any. */
  private boolean digits() {
    int began = at;
    while (isDigit(here())) {
      at++;
    }
    return at > began;
  }

  private int here() {
    return at < text.length ? text[at] & 0xff : NONE;
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }
}
