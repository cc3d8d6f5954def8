package dev.warren.gateway.http;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts what arrives into lines, without their ends. Not safe for concurrent use. */
final class LineSplitter {
  private static final byte LINE_FEED = '\n';
  private static final byte CARRIAGE_RETURN = '\r';

  private final int longest;
  private final Consumer<byte[]> lines;
  private ByteArrayOutputStream begun = new ByteArrayOutputStream();

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
    byte[] bytes = part.getBytes();
    int begin = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == LINE_FEED) {
        if (!emit(bytes, begin, i)) {
          return false;
        }
        begin = i + 1;
      }
    }
    begun.write(bytes, begin, bytes.length - begin);
    return begun.size() <= longest;
  }

  /** What follows the last line's end is a line too, unless it is nothing. */
  boolean end() {
    return begun.size() == 0 || emit(new byte[0], 0, 0);
  }

  /** What was begun and these bytes are a line; most lines are whole in their part. */
  private boolean emit(byte[] bytes, int begin, int end) {
    if (begun.size() + (end - begin) > longest) {
      return false;
    }
    byte[] line;
    if (begun.size() == 0) {
      line = Arrays.copyOfRange(bytes, begin, end);
    } else {
      begun.write(bytes, begin, end - begin);
      line = begun.toByteArray();
      begun = new ByteArrayOutputStream();
    }
    boolean windows = line.length > 0 && line[line.length - 1] == CARRIAGE_RETURN;
    lines.accept(windows ? Arrays.copyOf(line, line.length - 1) : line);
    return true;
  }
}
