package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** The broker refused one operation to this user: a permission is missing. */
public final class AccessDeniedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public AccessDeniedException(String message) {
    super(message);
  }

  public AccessDeniedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
