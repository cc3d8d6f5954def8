package dev.warren.bench;

import java.util.Map;

/** What a scenario found: a record, so that it can be written as JSON too. */
public interface Findings {
  /** For people. */
  String table();

  /** What was lost, failed, or not as it must be; any is an error, and makes the exit code 1. */
  long wrong();

  /** Pictures as SVG, by the name of the file without {@code .svg}; none as a rule. */
  default Map<String, String> plots() {
    return Map.of();
  }
}
