package dev.warren.gateway.aggregate;

import dev.warren.api.WarrenException;
import org.jspecify.annotations.Nullable;

/** The store of outcomes cannot be read, or not be written any more. */
public final class StoreException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
