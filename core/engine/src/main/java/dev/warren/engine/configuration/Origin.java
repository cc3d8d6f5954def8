package dev.warren.engine.configuration;

import java.util.Objects;

/**
 * Where a value comes from.
 *
 * @param detail which flag, variable or file; empty for a default.
 */
public record Origin(Source source, String detail) {
  /** From strongest to weakest. */
  public enum Source {
    FLAG,
    ENVIRONMENT,
    FILE,
    DEFAULT
  }

  static final Origin OF_DEFAULT = new Origin(Source.DEFAULT, "");

  public Origin {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(detail, "detail");
  }

  @Override
  public String toString() {
    return switch (source) {
      case FLAG -> "flag " + detail;
      case ENVIRONMENT -> "environment " + detail;
      case FILE -> "file " + detail;
      case DEFAULT -> "default";
    };
  }
}
