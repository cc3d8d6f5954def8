package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Task types from a command line: words, and {@code @FILE} for a file with one a line. */
final class TypeList {
  private TypeList() {}

  static List<String> read(List<String> words) {
    List<String> types = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("@")) {
        types.addAll(lines(Path.of(word.substring(1))));
      } else {
        types.add(word);
      }
    }
    return types;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException unreadable) {
      throw new ConfigurationException("file " + file + " cannot be read", unreadable);
    }
  }
}
