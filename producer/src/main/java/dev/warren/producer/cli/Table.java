package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Rows under headings, for people; or the same rows as one JSON array, for programs. Numbers stand
 * to the right. The JSON keys are the headings in lower case with {@code _} for spaces and {@code
 * _per_} for slashes.
 */
final class Table {
  private final List<String> headings;
  private final List<List<JsonNode>> rows = new ArrayList<>();

  Table(String... headings) {
    this.headings = List.of(headings);
  }

  /** Adds a row of texts, numbers, booleans, {@link JsonNode}s and lists of texts. */
  Table row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells under " + headings.size() + " headings");
    }
    rows.add(Arrays.stream(cells).map(Table::node).toList());
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  void print(OutputFormat format, PrintStream out) {
    if (format == OutputFormat.JSON) {
      out.println(toJson());
    } else {
      lines().forEach(out::println);
    }
  }

  ArrayNode toJson() {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (List<JsonNode> row : rows) {
      ObjectNode object = all.addObject();
      for (int i = 0; i < row.size(); i++) {
        object.set(key(headings.get(i)), row.get(i));
      }
    }
    return all;
  }

  /** A heading as a key that programs can write without quotes: {@code done/s} is done_per_s. */
  private static String key(String heading) {
    return heading.toLowerCase(Locale.ROOT).replace(' ', '_').replace("/", "_per_");
  }

  List<String> lines() {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          rows.stream()
              .mapToInt(row -> text(row.get(column)).length())
              .reduce(headings.get(i).length(), Math::max);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      pad(head, headings.get(i).toUpperCase(Locale.ROOT), widths[i], isNumeric(i));
    }
    lines.add(head.toString().stripTrailing());
    for (List<JsonNode> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        pad(line, text(row.get(i)), widths[i], isNumeric(i));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty()
        && rows.stream()
            .map(row -> row.get(column))
            .allMatch(cell -> cell.isNumber() || cell.isNull())
        && rows.stream().anyMatch(row -> row.get(column).isNumber());
  }

  private static void pad(StringBuilder line, String text, int width, boolean right) {
    String space = " ".repeat(width - text.length());
    line.append(line.isEmpty() ? "" : "  ").append(right ? space + text : text + space);
  }

  private static String text(JsonNode cell) {
    if (cell.isNull()) {
      return "-";
    }
    if (cell.isArray()) {
      List<String> parts = new ArrayList<>();
      cell.forEach(part -> parts.add(text(part)));
      return parts.isEmpty() ? "-" : String.join(", ", parts);
    }
    String text = cell.isContainerNode() ? cell.toString() : cell.asText();
    return text.isEmpty() ? "-" : OneLine.of(text);
  }

  private static JsonNode node(Object cell) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (cell) {
      case JsonNode node -> node;
      case Integer number -> nodes.numberNode(number);
      case Long number -> nodes.numberNode(number);
      case Double number -> nodes.numberNode(number);
      case Boolean truth -> nodes.booleanNode(truth);
      case List<?> parts -> {
        ArrayNode array = nodes.arrayNode();
        parts.forEach(part -> array.add(String.valueOf(part)));
        yield array;
      }
      default -> nodes.textNode(cell.toString());
    };
  }
}
