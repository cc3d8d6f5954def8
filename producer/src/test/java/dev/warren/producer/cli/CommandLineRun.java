package dev.warren.producer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs the command line inside the test, as a shell would run it outside. */
final class CommandLineRun {
  /** What a shell would see. */
  record Answer(int exit, String out, String err) {
    List<String> outLines() {
      return out.lines().toList();
    }

    /** All that was told, which is one line for every expected failure. */
    List<String> errLines() {
      return err.lines().toList();
    }
  }

  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
  private final AtomicBoolean left = new AtomicBoolean();
  private final Interrupts interrupts = new Interrupts(() -> left.set(true), fire -> {});
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = captured;
  private boolean terminal;

  CommandLineRun(Path home) {
    environment.put("HOME", home.toString());
  }

  CommandLineRun broker(URI uri) {
    return with("WARREN_URI", uri.toString());
  }

  CommandLineRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  CommandLineRun in(String text) {
    return in(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  CommandLineRun in(InputStream stream) {
    in = stream;
    return this;
  }

  CommandLineRun out(OutputStream stream) {
    out = stream;
    return this;
  }

  /** A person sits at all three streams. */
  CommandLineRun onTerminal() {
    terminal = true;
    return this;
  }

  /** Ctrl-C. */
  void interrupt() {
    interrupts.fire();
  }

  /** Whether a second Ctrl-C has ended the process. */
  boolean hasLeft() {
    return left.get();
  }

  /** What was written to standard output so far. */
  String outSoFar() {
    return captured.toString(UTF_8);
  }

  String errSoFar() {
    return err.toString(UTF_8);
  }

  Answer run(String... args) {
    Surroundings surroundings =
        new Surroundings(
            in,
            out,
            new PrintStream(err, true, UTF_8),
            Map.copyOf(environment),
            Clock.systemUTC(),
            terminal,
            terminal,
            terminal,
            interrupts);
    int exit = CommandTree.run(surroundings, args);
    return new Answer(exit, captured.toString(UTF_8), err.toString(UTF_8));
  }
}
