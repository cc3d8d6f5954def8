package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** The broker did not answer at its address, or the connection to it was lost for good. */
public final class BrokerUnreachableException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public BrokerUnreachableException(String message) {
    super(message);
  }

  public BrokerUnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
