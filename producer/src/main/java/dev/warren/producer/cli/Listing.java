package dev.warren.producer.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is known of one thing, a line each, for people. */
final class Listing {
  private final Map<String, String> lines = new LinkedHashMap<>();

  /** Adds a line; an empty value is left out. */
  Listing line(String label, String value) {
    if (!value.isEmpty()) {
      lines.put(label, OneLine.of(value));
    }
    return this;
  }

  void print(PrintStream out) {
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    lines.forEach(
        (label, value) -> out.println(label + " ".repeat(width - label.length() + 2) + value));
  }
}
