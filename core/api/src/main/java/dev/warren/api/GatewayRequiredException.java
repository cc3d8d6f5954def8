package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** The operation needs a gateway, and none answers. */
public final class GatewayRequiredException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public GatewayRequiredException(String message) {
    super(message);
  }

  public GatewayRequiredException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
