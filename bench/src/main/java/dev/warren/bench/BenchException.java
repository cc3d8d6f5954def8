package dev.warren.bench;

import dev.warren.api.WarrenException;

/** A benchmark or a run of chaos cannot be run or does not end as it must. */
public final class BenchException extends WarrenException {
  private static final long serialVersionUID = 1;

  public BenchException(String message) {
    super(message);
  }

  public BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
