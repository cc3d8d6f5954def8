package dev.warren.producer.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/**
 * What a command has of its process.
 *
 * @param in standard input, unbuffered
 * @param out standard output, unbuffered; unlike a {@link PrintStream} it says when nobody reads it
 *     any more
 * @param err standard error
 * @param environment the environment variables
 * @param clock the time of day
 * @param inIsTerminal whether a person can answer questions there
 * @param outIsTerminal whether a person reads standard output directly
 * @param errIsTerminal whether a person reads standard error directly
 * @param interrupts Ctrl-C
 */
record Surroundings(
    InputStream in,
    OutputStream out,
    PrintStream err,
    Map<String, String> environment,
    Clock clock,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Interrupts interrupts) {

  /** Those of this process; what is logged from now on goes to its standard error. */
  static Surroundings ofProcess() {
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    LineLogging.install(err);
    return new Surroundings(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        err,
        System.getenv(),
        Clock.system(ZoneId.systemDefault()),
        Terminal.isAt(0),
        Terminal.isAt(1),
        Terminal.isAt(2),
        Interrupts.ofProcess());
  }

  /** Standard output for text; ends lines with a line feed and flushes at the end of each. */
  PrintStream text() {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }
}
