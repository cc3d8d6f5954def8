package dev.warren.bench;

import dev.warren.api.WarrenException;

/** A benchmark cannot be run or does not end as it must. */
final class BenchException extends WarrenException {
  private static final long serialVersionUID = 1;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
