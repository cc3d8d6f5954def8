package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a line of input into the arguments of a task. An object is the arguments; any other line is
 * the value of one field, or, of a type whose arguments are no object, the arguments; where a
 * template has {@code {}} or another mark, the line stands there, whatever it is. What else the
 * template names is the same for all. Used by one thread.
 */
final class LineArguments {
  private final ArgumentTemplate template;
  private final @Nullable String chosenField;
  private final Supplier<ArgumentSchema> schema;
  private @Nullable Field field;

  /** Where a line goes: a field, or with an empty name the whole. */
  private record Field(String name, String type) {}

  /**
   * @param chosenField the field that a line is the value of; null for the type's only required one
   * @param schema what the type announced of its arguments; asked for only if it is needed
   */
  LineArguments(
      ArgumentTemplate template, @Nullable String chosenField, Supplier<ArgumentSchema> schema) {
    this.template = template;
    this.chosenField = chosenField;
    this.schema = schema;
    if (chosenField != null && template.hasPlaceholder()) {
      throw new ConfigurationException(
          "--arg says where a line goes, and so does {}: give one of them");
    }
    if (chosenField != null && template.names().contains(chosenField)) {
      throw new ConfigurationException(
          "argument '" + chosenField + "' is given twice: by --arg and as a pair");
    }
  }

  /**
   * The arguments for a line.
   *
   * @param parts the line, and its number among the items
   * @param where names the line in errors
   */
  JsonText of(LineParts parts, String where) {
    if (template.hasPlaceholder()) {
      return JsonCodec.write(located(() -> template.with(parts), where), where);
    }
    String line = parts.line();
    if (line.stripLeading().startsWith("{")) {
      return object(line, where);
    }
    Field target = field();
    if (target.name().isEmpty()) {
      return JsonCodec.write(value(target, line), where);
    }
    ObjectNode arguments = template.literal();
    arguments.set(target.name(), value(target, line));
    return JsonCodec.write(arguments, where);
  }

  private JsonText object(String line, String where) {
    JsonText text = JsonText.of(line.strip());
    if (template.names().isEmpty()) {
      return JsonCodec.requireJson(text, where);
    }
    ObjectNode arguments = template.literal();
    arguments.setAll((ObjectNode) JsonParts.tree(text, field -> true, where));
    return JsonCodec.write(arguments, where);
  }

  private Field field() {
    Field known = field;
    if (known == null) {
      ArgumentSchema arguments = schema.get();
      if (chosenField != null) {
        known = new Field(chosenField, arguments.typeOf(chosenField));
      } else if (arguments.isWhole() && template.names().isEmpty()) {
        known = new Field("", arguments.type());
      } else {
        String name = onlyOne(arguments);
        known = new Field(name, arguments.typeOf(name));
      }
      field = known;
    }
    return known;
  }

  private String onlyOne(ArgumentSchema arguments) {
    List<String> open = new ArrayList<>(arguments.required());
    open.removeAll(template.names());
    if (open.isEmpty() && arguments.names().size() == 1) {
      open = arguments.names();
    }
    if (open.size() == 1) {
      return open.getFirst();
    }
    String why = "it requires " + String.join(" and ", open);
    if (!arguments.isKnown()) {
      why = "no worker has announced what it takes";
    } else if (open.isEmpty()) {
      why = "it requires none";
    }
    throw new ConfigurationException(
        "which argument of '"
            + arguments.taskType()
            + "' a line is, is not clear ("
            + why
            + "): say --arg NAME, or NAME={}, or give lines of JSON objects");
  }

  /** A line of text; for a field of another JSON type the value itself, if the line is one. */
  private static JsonNode value(Field target, String line) {
    switch (target.type()) {
      case "integer", "number", "boolean", "array", "object", "any" -> {
        try {
          return JsonParts.node(JsonCodec.requireJson(JsonText.of(line.strip()), "line"));
        } catch (CodecException text) {
          // Told by the check of the arguments, which knows the whole type.
          return new TextNode(line);
        }
      }
      default -> {
        return new TextNode(line);
      }
    }
  }

  private static ObjectNode located(Supplier<ObjectNode> read, String where) {
    try {
      return read.get();
    } catch (CodecException malformed) {
      throw new CodecException(where + ": " + malformed.getMessage(), malformed);
    }
  }
}
