package dev.warren.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The instructions of our Dockerfile, in order. */
record Dockerfile(List<Instruction> instructions) {
  private static final Pattern VARIABLE = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S*))");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  record Instruction(String word, String rest) {}

  static Dockerfile of(String text) {
    List<Instruction> instructions = new ArrayList<>();
    String lines = text.replaceAll("(?m)^#.*\\R", "").replaceAll("\\\\\\R\\s*", " ");
    for (String line : lines.lines().map(String::strip).filter(one -> !one.isEmpty()).toList()) {
      String[] parts = line.split("\\s+", 2);
      instructions.add(new Instruction(parts[0], parts.length > 1 ? parts[1] : ""));
    }
    return new Dockerfile(List.copyOf(instructions));
  }

  /** What follows the last of these words. */
  String last(String word) {
    return instructions.stream()
        .filter(instruction -> instruction.word().equals(word))
        .map(Instruction::rest)
        .reduce("", (earlier, later) -> later);
  }

  List<String> each(String word) {
    return instructions.stream()
        .filter(instruction -> instruction.word().equals(word))
        .map(Instruction::rest)
        .toList();
  }

  /** The strings of an instruction in JSON. */
  List<String> strings(String word) {
    return QUOTED.matcher(last(word)).results().map(match -> match.group(1)).toList();
  }

  Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String line : each("ENV")) {
      Matcher matcher = VARIABLE.matcher(line);
      while (matcher.find()) {
        variables.put(
            matcher.group(1), matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
      }
    }
    return variables;
  }

  /** Where it puts the files it copies. */
  Map<String, String> copies() {
    Map<String, String> copies = new LinkedHashMap<>();
    for (String line : each("COPY")) {
      String[] words = line.split("\\s+", -1);
      copies.put(words[1], words[0]);
    }
    return copies;
  }
}
