package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** The wait for an outcome ended before the outcome came. The task itself goes on. */
public final class AwaitTimeoutException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public AwaitTimeoutException(String message) {
    super(message);
  }

  public AwaitTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
