package dev.warren.producer.cli;

import java.util.Locale;

/** How a table is written. */
enum OutputFormat {
  /** Columns for people. */
  TABLE,
  /** One JSON array of objects. */
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
