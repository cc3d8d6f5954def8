package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** Permits of the fleet cannot be counted or changed now. */
public final class PermitsException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public PermitsException(String message) {
    super(message);
  }

  public PermitsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
