package dev.warren.api;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything Warren throws. Unchecked; each subclass names one kind of failure, and
 * each message says what failed, with which id, and what to do next.
 */
public abstract class WarrenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected WarrenException(String message) {
    super(message);
  }

  protected WarrenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
