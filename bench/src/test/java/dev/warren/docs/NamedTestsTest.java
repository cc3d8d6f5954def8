package dev.warren.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that the documents name as proof are there. */
class NamedTestsTest {
  /** As it is written in a document: {@code `FleetTest`} or {@code `FleetTest#aMethod`}. */
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*Test)(?:#(\\w+))?`");

  /** The tests of a module run in its folder. */
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void everyTestThatADocumentNamesExists() throws IOException {
    Map<String, String> sources = testSources();
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (Path document : documents()) {
      String text = Files.readString(document);
      for (MatchResult name : NAMED.matcher(text).results().toList()) {
        named++;
        if (!isThere(sources, name)) {
          missing.add(ROOT.relativize(document) + ": " + name.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).as("names of tests in the documents").isGreaterThan(50);
  }

  private static boolean isThere(Map<String, String> sources, MatchResult name) {
    String source = sources.getOrDefault(name.group(1), "");
    return name.group(2) == null
        ? !source.isEmpty()
        : source.contains("void " + name.group(2) + "(");
  }

  /** The sources of all tests by the name of their class; two of one name are joined. */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(one -> one.toString().endsWith("Test.java")).toList()) {
        String name = file.getFileName().toString();
        sources.merge(
            name.substring(0, name.length() - ".java".length()),
            Files.readString(file),
            String::concat);
      }
    }
    return sources;
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    return documents;
  }
}
