package dev.warren.worker.supervise;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what a process prints, line by line, each with the name of the process, and remembers
 * the last of it. Lines of JSON stay as they are: they name their process themselves, and a prefix
 * would spoil them.
 */
final class LinePump implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LinePump.class);

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
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last.add(line);
        to.println(line.startsWith("{") ? line : prefix + line);
      }
    } catch (IOException broken) {
      LOG.debug("{}the output broke off", prefix, broken);
    }
  }
}
