package dev.warren.producer.cli;

import dev.warren.api.CodecException;
import dev.warren.api.TaskRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream, one at a time, as UTF-8. Keeps at most one line in memory and refuses one
 * that could be no task, so that a stream without line ends does not fill the heap.
 */
final class LineInput {
  /** Above what a message may weigh, so that a line slightly too large is told as such. */
  static final int MAX_LINE_BYTES = 4 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];
  private int position;
  private int filled;
  private long number;

  LineInput(InputStream in) {
    this.in = in;
  }

  /** The number of the line that {@link #next} returned last, from 1. */
  long number() {
    return number;
  }

  /** The next line without its end, or null at the end of the stream. */
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    boolean any = false;
    while (true) {
      if (position == filled) {
        filled = Math.max(0, in.read(buffer));
        position = 0;
        if (filled == 0) {
          return any ? text(line) : null;
        }
      }
      any = true;
      int start = position;
      while (position < filled && buffer[position] != '\n') {
        position++;
      }
      line.write(buffer, start, position - start);
      if (line.size() > MAX_LINE_BYTES) {
        throw new TaskRefusedException(
            TaskRefusedException.Reason.TOO_LARGE,
            "line "
                + (number + 1)
                + " is longer than "
                + MAX_LINE_BYTES
                + " bytes, too large for a task's arguments");
      }
      if (position < filled) {
        position++;
        return text(line);
      }
    }
  }

  private String text(ByteArrayOutputStream line) {
    number++;
    byte[] bytes = line.toByteArray();
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException malformed) {
      throw new CodecException("line " + number + " is not UTF-8", malformed);
    }
  }
}
