package dev.warren.api;

import org.jspecify.annotations.Nullable;

/**
 * No publisher confirm came within the send deadline. Whether the task reached the broker is
 * unknown; it may be submitted again under the same id.
 */
public final class SendDeadlineException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public SendDeadlineException(String message) {
    super(message);
  }

  public SendDeadlineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
