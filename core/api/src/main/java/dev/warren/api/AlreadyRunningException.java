package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** Another process already does what only one may do. */
public final class AlreadyRunningException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public AlreadyRunningException(String message) {
    super(message);
  }

  public AlreadyRunningException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
