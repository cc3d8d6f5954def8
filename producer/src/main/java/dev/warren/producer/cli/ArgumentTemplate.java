package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Arguments given as {@code name=text} and {@code name:=json} pairs and as the words of a command,
 * in which {@code {}} and other marks stand for parts of a line of input. Immutable.
 */
final class ArgumentTemplate {
  /** The argument that the words of a command are. */
  static final String COMMAND = "command";

  private static final String LINE = "{}";

  private record Value(String source, boolean json) {}

  private final Map<String, Value> values;
  private final List<String> command;
  private final boolean placeholder;

  private ArgumentTemplate(Map<String, Value> values, List<String> command) {
    this.values = values;
    this.command = command;
    this.placeholder =
        values.values().stream().anyMatch(value -> LineParts.markIn(value.source()))
            || command.stream().anyMatch(LineParts::markIn);
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
                + " - (standard input), or pairs NAME=TEXT and NAME:=JSON;"
                + " the words of a command stand after --");
      }
      if (values.put(name, new Value(pair.substring(equals + 1), json)) != null) {
        throw new ConfigurationException("argument '" + name + "' is given twice");
      }
    }
    return new ArgumentTemplate(values, List.of());
  }

  /** The same, and a command, if it has words. */
  ArgumentTemplate withCommand(List<String> words) {
    if (!words.isEmpty() && values.containsKey(COMMAND)) {
      throw new ConfigurationException(
          "argument '" + COMMAND + "' is given twice: as a pair and behind --");
    }
    return new ArgumentTemplate(values, List.copyOf(words));
  }

  /** The same; a command whose line stands nowhere gets it as its last word. */
  ArgumentTemplate withLine() {
    if (command.isEmpty() || placeholder) {
      return this;
    }
    List<String> words = new ArrayList<>(command);
    words.add(LINE);
    return new ArgumentTemplate(values, List.copyOf(words));
  }

  /** The names that are given. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(values.keySet());
    if (!command.isEmpty()) {
      names.add(COMMAND);
    }
    return names;
  }

  /** Whether a line of input stands somewhere. */
  boolean hasPlaceholder() {
    return placeholder;
  }

  /** The arguments as they are given; a mark means itself. */
  ObjectNode literal() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) ->
            object.set(
                name, value.json() ? json(name, value.source()) : object.textNode(value.source())));
    putCommand(object, command);
    return object;
  }

  private static void putCommand(ObjectNode object, List<String> words) {
    if (!words.isEmpty()) {
      ArrayNode array = object.putArray(COMMAND);
      words.forEach(array::add);
    }
  }

  /** The arguments with each mark replaced by what it stands for. */
  ObjectNode with(LineParts line) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) ->
            object.set(
                name,
                value.json()
                    ? json(name, inserted(value.source(), line))
                    : object.textNode(line.into(value.source()))));
    putCommand(object, line.into(command));
    return object;
  }

  /** Inside a JSON string the line is escaped; elsewhere it is JSON itself. */
  private static String inserted(String source, LineParts line) {
    StringBuilder text = new StringBuilder(source.length() + line.line().length());
    boolean inString = false;
    for (int i = 0; i < source.length(); i++) {
      char at = source.charAt(i);
      String mark = LineParts.markAt(source, i);
      if (!mark.isEmpty()) {
        text.append(inString ? escaped(line.value(mark)) : line.value(mark));
        i += mark.length() - 1;
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
