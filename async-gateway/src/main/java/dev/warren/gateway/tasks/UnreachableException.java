package dev.warren.gateway.tasks;

import dev.warren.api.WarrenException;

/** A host could not be found or reached, or the exchange with it broke off; it may work later. */
final class UnreachableException extends WarrenException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message) {
    super(message);
  }

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
