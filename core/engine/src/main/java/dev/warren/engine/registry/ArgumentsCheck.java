package dev.warren.engine.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.warren.engine.configuration.NearNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks arguments against the schema of their type before they are sent. Knows the part of JSON
 * Schema that {@link Schemas} writes; a keyword it does not know forbids nothing, as the worker has
 * the last word.
 */
public final class ArgumentsCheck {
  private static final int MAX_DEPTH = 100;
  private static final int SHOWN = 40;

  private final JsonNode root;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * One thing that does not fit.
   *
   * @param path where: {@code size.width}, {@code files[2]}; empty for the whole.
   * @param what for people.
   */
  public record Problem(String path, String what) {
    @Override
    public String toString() {
      return path.isEmpty() ? what : path + ": " + what;
    }
  }

  private ArgumentsCheck(JsonNode root) {
    this.root = root;
  }

  /** Whether there is nothing that does not fit. */
  public static boolean allowsAll(JsonNode schema) {
    return !schema.isObject() || schema.isEmpty();
  }

  /** What does not fit; empty if all does. */
  public static List<Problem> check(JsonNode schema, JsonNode arguments) {
    ArgumentsCheck check = new ArgumentsCheck(schema);
    check.visit(schema, arguments, "", 0);
    return List.copyOf(check.problems);
  }

  private void visit(JsonNode schema, JsonNode value, String path, int depth) {
    if (depth > MAX_DEPTH || !schema.isObject()) {
      return;
    }
    if (schema.has("$ref")) {
      visit(referenced(schema.get("$ref").asText()), value, path, depth + 1);
    }
    if (!typeFits(schema.path("type"), value)) {
      problem(path, "expected " + expected(schema.path("type")) + ", found " + shown(value));
      return;
    }
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      problem(path, shown(value) + " is none of " + listed(schema.get("enum")));
    }
    if (schema.has("const") && !schema.get("const").equals(value)) {
      problem(path, "expected " + shown(schema.get("const")) + ", found " + shown(value));
    }
    alternatives(schema, value, path, depth);
    if (value.isObject()) {
      object(schema, value, path, depth);
    } else if (value.isArray() && schema.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        visit(schema.get("items"), value.get(i), path + "[" + i + "]", depth + 1);
      }
    }
  }

  private void object(JsonNode schema, JsonNode value, String path, int depth) {
    JsonNode properties = schema.path("properties");
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asText())) {
        problem(
            path,
            "missing field '"
                + name.asText()
                + "'"
                + describe(properties.path(name.asText()).path("type")));
      }
    }
    JsonNode others = schema.path("additionalProperties");
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String name = field.getKey();
      String inner = path.isEmpty() ? name : path + "." + name;
      if (properties.has(name)) {
        visit(properties.get(name), field.getValue(), inner, depth + 1);
      } else if (others.isBoolean() && !others.booleanValue()) {
        problem(path, "unknown field '" + name + "'" + NearNames.hint(name, names(properties)));
      } else {
        visit(others, field.getValue(), inner, depth + 1);
      }
    }
  }

  private void alternatives(JsonNode schema, JsonNode value, String path, int depth) {
    for (JsonNode part : schema.path("allOf")) {
      visit(part, value, path, depth + 1);
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      JsonNode options = schema.path(keyword);
      if (options.isEmpty()) {
        continue;
      }
      List<List<Problem>> tries = new ArrayList<>();
      for (JsonNode option : options) {
        ArgumentsCheck attempt = new ArgumentsCheck(root);
        attempt.visit(option, value, path, depth + 1);
        tries.add(attempt.problems);
      }
      if (tries.stream().noneMatch(List::isEmpty)) {
        // The last option is the real one where the others only allow null.
        problems.addAll(tries.getLast());
      }
    }
  }

  private JsonNode referenced(String reference) {
    return reference.startsWith("#") ? root.at(reference.substring(1)) : MissingNode.getInstance();
  }

  private static boolean typeFits(JsonNode type, JsonNode value) {
    if (type.isTextual()) {
      return fits(type.asText(), value);
    }
    if (!type.isArray()) {
      return true;
    }
    for (JsonNode each : type) {
      if (fits(each.asText(), value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fits(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      case "integer" ->
          value.isIntegralNumber() || (value.isNumber() && isWhole(value.doubleValue()));
      default -> true;
    };
  }

  /** A number too large for a {@code double} is none that a worker could take. */
  private static boolean isWhole(double number) {
    return !Double.isInfinite(number) && number == Math.rint(number);
  }

  private static boolean contains(JsonNode options, JsonNode value) {
    for (JsonNode option : options) {
      if (option.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static String expected(JsonNode type) {
    if (!type.isArray()) {
      return type.asText();
    }
    List<String> names = new ArrayList<>();
    type.forEach(each -> names.add(each.asText()));
    return String.join(" or ", names);
  }

  private static String describe(JsonNode type) {
    return type.isMissingNode() ? "" : " (" + expected(type) + ")";
  }

  private static String listed(JsonNode options) {
    List<String> words = new ArrayList<>();
    options.forEach(option -> words.add(shown(option)));
    return String.join(", ", words);
  }

  private static Set<String> names(JsonNode properties) {
    Set<String> names = new TreeSet<>();
    properties.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static String shown(JsonNode value) {
    if (value.isObject()) {
      return "an object";
    }
    if (value.isArray()) {
      return "an array";
    }
    if (value.isDouble() && Double.isInfinite(value.doubleValue())) {
      return "a number that is too large";
    }
    String text = value.toString();
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }

  private void problem(String path, String what) {
    problems.add(new Problem(path, what));
  }
}
