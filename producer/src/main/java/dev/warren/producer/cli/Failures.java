package dev.warren.producer.cli;

import dev.warren.api.WarrenException;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/** A failure as the one line that the user gets. */
final class Failures {
  private Failures() {}

  static String line(Throwable failure) {
    Throwable cause = cause(failure);
    String message = cause.getMessage() == null ? "" : OneLine.of(cause.getMessage());
    if (cause instanceof WarrenException) {
      return message;
    }
    if (cause instanceof IOException) {
      return message.isEmpty() ? cause.getClass().getSimpleName() : message;
    }
    return "unexpected: "
        + cause.getClass().getSimpleName()
        + (message.isEmpty() ? "" : ": " + message)
        + " (run with --verbose for the stack)";
  }

  /** Without what {@code CompletableFuture} wraps around it. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
