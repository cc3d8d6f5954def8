package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;

/** The fields of a type's arguments, from the JSON Schema that its workers announced. */
record ArgumentSchema(String taskType, JsonNode schema) {
  /** A type of which nothing is known. */
  static ArgumentSchema unknown(String type) {
    return new ArgumentSchema(type, MissingNode.getInstance());
  }

  /** Whether the type's workers announced it. */
  boolean isKnown() {
    return !schema.isMissingNode();
  }

  /** Whether the arguments are one value and no object with fields. */
  boolean isWhole() {
    return isKnown() && !schema.has("properties") && !type().equals("object");
  }

  /** The JSON type of the arguments, {@code any} if it may be everything. */
  String type() {
    return schema.path("type").asText("any");
  }

  /** All fields, in the order of the announcement. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  List<String> required() {
    List<String> names = new ArrayList<>();
    schema.path("required").forEach(name -> names.add(name.asText()));
    return names;
  }

  boolean isRequired(String name) {
    return required().contains(name);
  }

  /** The schema of a field. */
  JsonNode field(String name) {
    JsonNode field = schema.path("properties").path(name);
    String reference = field.path("$ref").asText("");
    return reference.startsWith("#") ? schema.at(reference.substring(1)) : field;
  }

  /** The JSON type of a field in one word; {@code any} if it may be everything or is not known. */
  String typeOf(String name) {
    JsonNode field = field(name);
    JsonNode type = field.path("type");
    if (type.isTextual()) {
      return type.asText();
    }
    for (JsonNode one : type) {
      if (!one.asText().equals("null")) {
        return one.asText();
      }
    }
    if (field.has("enum") || field.has("const")) {
      return "string";
    }
    return names().contains(name) ? "any" : "string";
  }

  /** The type of a field as help shows it. */
  String shownType(String name) {
    JsonNode field = field(name);
    if (field.has("enum")) {
      List<String> words = new ArrayList<>();
      field.path("enum").forEach(word -> words.add(word.asText()));
      return String.join("|", words);
    }
    String type = typeOf(name);
    if (type.equals("array")) {
      return "list of " + field.path("items").path("type").asText("any");
    }
    String format = field.path("format").asText("");
    return switch (type) {
      case "string" -> format.isEmpty() ? "text" : "text (" + format + ")";
      case "integer" -> "whole number";
      case "boolean" -> "true or false";
      default -> type;
    };
  }
}
