package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** A queue or exchange is missing in the broker, or exists with other arguments than Warren's. */
public final class TopologyMismatchException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public TopologyMismatchException(String message) {
    super(message);
  }

  public TopologyMismatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
