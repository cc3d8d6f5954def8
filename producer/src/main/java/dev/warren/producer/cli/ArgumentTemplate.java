package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Arguments given as {@code name=text} and {@code name:=json} pairs, in which {@code {}} stands for
 * a line of input. Immutable.
 */
final class ArgumentTemplate {
  static final String PLACEHOLDER = "{}";

  private record Value(String source, boolean json) {}

  private final Map<String, Value> values;
  private final boolean placeholder;

  private ArgumentTemplate(Map<String, Value> values) {
    this.values = values;
    this.placeholder =
        values.values().stream().anyMatch(value -> value.source().contains(PLACEHOLDER));
  }

  static ArgumentTemplate parse(List<String> pairs) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      boolean json = equals > 0 && pair.charAt(equals - 1) == ':';
      String name = equals < 0 ? "" : pair.substring(0, json ? equals - 1 : equals);
      if (name.isBlank()) {
        throw new ConfigurationException(
            "'"
                + OneLine.of(pair, 60)
                + "' is no argument: give one JSON value (a text in double quotes), @FILE,"
                + " - (standard input), or pairs NAME=TEXT and NAME:=JSON");
      }
      if (values.put(name, new Value(pair.substring(equals + 1), json)) != null) {
        throw new ConfigurationException("argument '" + name + "' is given twice");
      }
    }
    return new ArgumentTemplate(values);
  }

  /** The names that are given. */
  Set<String> names() {
    return values.keySet();
  }

  /** Whether {@code {}} stands somewhere. */
  boolean hasPlaceholder() {
    return placeholder;
  }

  /** The arguments as they are given; {@code {}} means itself. */
  ObjectNode literal() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) ->
            object.set(
                name, value.json() ? json(name, value.source()) : object.textNode(value.source())));
    return object;
  }

  /** The arguments with {@code {}} replaced by a line. */
  ObjectNode with(String line) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) ->
            object.set(
                name,
                value.json()
                    ? json(name, inserted(value.source(), line))
                    : object.textNode(value.source().replace(PLACEHOLDER, line))));
    return object;
  }

  /** Inside a JSON string the line is escaped; elsewhere it is JSON itself. */
  private static String inserted(String source, String line) {
    StringBuilder text = new StringBuilder(source.length() + line.length());
    boolean inString = false;
    for (int i = 0; i < source.length(); i++) {
      char at = source.charAt(i);
      if (source.startsWith(PLACEHOLDER, i)) {
        text.append(inString ? escaped(line) : line);
        i++;
      } else if (inString && at == '\\' && i + 1 < source.length()) {
        text.append(at).append(source.charAt(++i));
      } else {
        inString ^= at == '"';
        text.append(at);
      }
    }
    return text.toString();
  }

  private static String escaped(String line) {
    String quoted = JsonCodec.write(line, "the line").toString();
    return quoted.substring(1, quoted.length() - 1);
  }

  private static JsonNode json(String name, String source) {
    try {
      return JsonParts.node(
          JsonCodec.requireJson(JsonText.of(source.strip()), "argument '" + name + "'"));
    } catch (CodecException malformed) {
      throw new CodecException(
          malformed.getMessage() + "; for a text write '" + name + "=…', without the colon",
          malformed);
    }
  }
}
