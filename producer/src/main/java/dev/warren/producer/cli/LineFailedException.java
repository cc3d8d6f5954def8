package dev.warren.producer.cli;

import dev.warren.api.WarrenException;

/** What a line of input asked for failed. */
final class LineFailedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  LineFailedException(long line, Throwable cause) {
    super("line " + line + ": " + Failures.line(cause), cause);
  }
}
