package dev.warren.worker.supervise;

import dev.warren.worker.output.Lines;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what a process prints, line by line, each with the name of the process, and remembers
 * the last of it. Lines of JSON stay as they are: they name their process themselves, and a prefix
 * would spoil them.
 */
final class LinePump implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LinePump.class);

  /** Far more than a line of JSON in a log, and not all that a process prints without an end. */
  private static final int LONGEST = 1 << 20;

  private final InputStream from;
  private final PrintStream to;
  private final String prefix;
  private final LastLines last;

  LinePump(InputStream from, PrintStream to, String label, LastLines last) {
    this.from = from;
    this.to = to;
    this.prefix = "[" + label + "] ";
    this.last = last;
  }

  @Override
  public void run() {
    try (Lines lines = new Lines(from, LONGEST)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        last.add(line);
        to.println(line.startsWith("{") ? line : prefix + line);
      }
    } catch (IOException broken) {
      LOG.debug("{}the output broke off", prefix, broken);
    }
  }
}
