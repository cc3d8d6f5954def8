package dev.warren.gateway.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.configuration.NearNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of a JSON object, each exactly as it was sent: what is only passed on, like arguments,
 * is not changed by being read and written again.
 */
final class JsonFields {
  private JsonFields() {}

  /**
   * Splits an object; fields that are null count as absent.
   *
   * @throws ProblemException if it is no object, has a field that is not known, or one twice
   */
  static Map<String, JsonText> of(byte[] json, Set<String> known) {
    try (JsonParser parser = JsonCodec.json().createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw Problems.badRequest(
                first == null
                    ? "the body is empty: send a JSON object"
                    : "the body is not a JSON object" + position(parser.currentTokenLocation()))
            .thrown();
      }
      Map<String, JsonText> fields = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        field(parser, json, known, fields);
      }
      if (parser.nextToken() != null) {
        throw Problems.badRequest(
                "something follows the JSON object" + position(parser.currentTokenLocation()))
            .thrown();
      }
      return fields;
    } catch (JacksonException malformed) {
      throw Problems.badRequest(
              "the body is not JSON: "
                  + malformed.getOriginalMessage()
                  + position(malformed.getLocation()))
          .thrown();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void field(
      JsonParser parser, byte[] json, Set<String> known, Map<String, JsonText> fields)
      throws IOException {
    String name = parser.currentName();
    if (!known.contains(name)) {
      throw Problems.invalid(
              "there is no field '"
                  + name
                  + "'"
                  + NearNames.hint(name, known)
                  + "; possible: "
                  + String.join(", ", new TreeSet<>(known)))
          .thrown();
    }
    JsonToken value = parser.nextToken();
    int begin = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (fields.put(name, JsonText.wrap(Arrays.copyOfRange(json, begin, end))) != null) {
      throw Problems.invalid("the field '" + name + "' is there twice").thrown();
    }
  }

  /** A field that must be a text. */
  static Optional<String> text(Map<String, JsonText> fields, String name) {
    return node(fields, name)
        .map(
            node -> {
              if (!node.isTextual()) {
                throw Problems.invalid("'" + name + "' must be a text, not " + node).thrown();
              }
              return node.textValue();
            });
  }

  /** A field that must be a whole number from 1. */
  static Optional<Integer> number(Map<String, JsonText> fields, String name) {
    return node(fields, name)
        .map(
            node -> {
              if (!node.canConvertToInt() || !node.isIntegralNumber() || node.intValue() < 1) {
                throw Problems.invalid("'" + name + "' must be a whole number from 1, not " + node)
                    .thrown();
              }
              return node.intValue();
            });
  }

  /** A field that must be a whole number from 0. */
  static OptionalLong count(Map<String, JsonText> fields, String name) {
    Optional<JsonNode> node = node(fields, name);
    if (node.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!node.get().canConvertToLong()
        || !node.get().isIntegralNumber()
        || node.get().asLong() < 0) {
      throw Problems.invalid("'" + name + "' must be a whole number from 0, not " + node.get())
          .thrown();
    }
    return OptionalLong.of(node.get().asLong());
  }

  private static Optional<JsonNode> node(Map<String, JsonText> fields, String name) {
    return Optional.ofNullable(fields.get(name))
        .map(text -> JsonCodec.tree(text, "'" + name + "'"));
  }

  private static String position(JsonLocation where) {
    return " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
  }
}
