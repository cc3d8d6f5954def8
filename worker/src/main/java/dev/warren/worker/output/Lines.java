package dev.warren.worker.output;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of UTF-8 from a process that may never end one: what is longer than the longest comes in
 * pieces, as lines of their own, so that nobody has to hold it. Not safe for concurrent use.
 */
public final class Lines implements Closeable {
  private final Reader from;
  private final int longest;
  private boolean afterReturn;

  /**
   * @param longest characters of a line, at most
   */
  public Lines(InputStream from, int longest) {
    this.from = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
    this.longest = longest;
  }

  /**
   * The next line without its end, which is as for {@link BufferedReader#readLine}; null if none.
   */
  public @Nullable String next() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < longest) {
      int read = from.read();
      if (read < 0) {
        return line.isEmpty() ? null : line.toString();
      }
      boolean secondHalf = afterReturn && read == '\n';
      afterReturn = read == '\r';
      if (read == '\n' || read == '\r') {
        if (!secondHalf) {
          return line.toString();
        }
      } else {
        line.append((char) read);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    from.close();
  }
}
