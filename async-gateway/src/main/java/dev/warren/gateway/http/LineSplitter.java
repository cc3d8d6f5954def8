package dev.warren.gateway.http;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/** Cuts what arrives into lines, without their ends. Not safe for concurrent use. */
final class LineSplitter {
  private static final byte LINE_FEED = '\n';
  private static final byte CARRIAGE_RETURN = '\r';

  private final int longest;
  private final Consumer<byte[]> lines;
  private Buffer begun = Buffer.buffer();

  /**
   * @param longest bytes of a line at most
   * @param lines takes them in order, empty ones too
   */
  LineSplitter(int longest, Consumer<byte[]> lines) {
    this.longest = longest;
    this.lines = lines;
  }

  /**
   * Takes some more.
   *
   * @return false if a line is longer than allowed; nothing may follow then
   */
  boolean add(Buffer part) {
    int begin = 0;
    for (int i = 0; i < part.length(); i++) {
      if (part.getByte(i) == LINE_FEED) {
        begun.appendBuffer(part, begin, i - begin);
        begin = i + 1;
        if (!emit()) {
          return false;
        }
      }
    }
    begun.appendBuffer(part, begin, part.length() - begin);
    return begun.length() <= longest;
  }

  /** What follows the last line's end is a line too, unless it is nothing. */
  boolean end() {
    return begun.length() == 0 || emit();
  }

  private boolean emit() {
    if (begun.length() > longest) {
      return false;
    }
    int length = begun.length();
    if (length > 0 && begun.getByte(length - 1) == CARRIAGE_RETURN) {
      length--;
    }
    lines.accept(begun.getBytes(0, length));
    begun = Buffer.buffer();
    return true;
  }
}
