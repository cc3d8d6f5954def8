package dev.warren.worker.supervise;

import dev.warren.engine.shutdown.StopRequests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process of a {@link Child}, from its start to its end. Safe for concurrent use. */
final class ChildRun {
  private static final Logger LOG = LoggerFactory.getLogger(ChildRun.class);
  private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(5);

  private final String label;
  private final Process process;
  private final Instant since = Instant.now();
  private final long began = System.nanoTime();
  private final LastLines last = new LastLines();
  private final List<Thread> pumps;

  private ChildRun(String label, Process process, PrintStream output, PrintStream errors) {
    this.label = label;
    this.process = process;
    this.pumps =
        List.of(pump(process.getInputStream(), output), pump(process.getErrorStream(), errors));
  }

  /** Starts a process. */
  static ChildRun start(String label, List<String> command, PrintStream output, PrintStream errors)
      throws IOException {
    return new ChildRun(label, new ProcessBuilder(command).start(), output, errors);
  }

  private Thread pump(InputStream from, PrintStream to) {
    return Thread.ofVirtual()
        .name("warren-output-" + label)
        .start(new LinePump(from, to, label, last));
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Instant since() {
    return since;
  }

  Duration lived() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** The last lines of what it printed. */
  List<String> lastLines() {
    return last.lines();
  }

  /** Waits for its end and for the rest of what it printed. */
  int await() throws InterruptedException {
    int code = process.waitFor();
    for (Thread pump : pumps) {
      pump.join(OUTPUT_LIMIT);
    }
    return code;
  }

  /** Writes a line to its standard input. */
  void say(String line) {
    if (!process.isAlive()) {
      return;
    }
    try {
      OutputStream input = process.getOutputStream();
      input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException gone) {
      LOG.debug("{} did not hear '{}': it is gone", label, line);
    }
  }

  /** Tells it to stop at once if it has not ended by then. */
  void hurryAfter(Duration limit) {
    process
        .onExit()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              say(StopRequests.STOP_NOW_LINE);
              return process;
            });
  }

  /** Kills it if it has not ended by then. */
  void killAfter(Duration limit) {
    process
        .onExit()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(late -> process.destroyForcibly());
  }

  void kill() {
    process.destroyForcibly();
  }
}
