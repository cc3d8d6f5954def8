package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** The broker answered and refused the credentials, or the permission on the virtual host. */
public final class LoginRefusedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public LoginRefusedException(String message) {
    super(message);
  }

  public LoginRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
