package dev.warren.engine.codec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.warren.api.CodecException;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Reads JSON of which some fields are only passed on. They are kept as they stand: not rounded to
 * what a {@code double} holds, not written in another way, and not parsed for nothing.
 */
public final class JsonParts {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final byte[] source;
  private final Predicate<String> kept;
  private final JsonParser parser;

  private JsonParts(byte[] source, Predicate<String> kept, JsonParser parser) {
    this.source = source;
    this.kept = kept;
    this.parser = parser;
  }

  /**
   * Reads exactly one value.
   *
   * @param text UTF-8, as everything that Warren writes
   * @param kept which fields, in whatever object, are kept; {@link #text} gives their text
   * @param what names it in the error
   */
  public static JsonNode tree(JsonText text, Predicate<String> kept, String what) {
    byte[] source = text.bytes();
    try (JsonParser parser = JsonCodec.json().createParser(source)) {
      if (parser.nextToken() == null) {
        throw new CodecException(what + " is empty: expected JSON");
      }
      JsonNode tree = new JsonParts(source, kept, parser).value();
      if (parser.nextToken() != null) {
        throw new CodecException(what + " is more than one JSON value");
      }
      return tree;
    } catch (JacksonException malformed) {
      throw new CodecException(what + " is not JSON: " + JsonCodec.describe(malformed), malformed);
    } catch (IOException impossible) {
      throw new CodecException(what + " cannot be read", impossible);
    }
  }

  /** A node that is written as this text. The text is not checked. */
  public static JsonNode node(JsonText text) {
    return NODES.pojoNode(text);
  }

  /** The text of a node: as it stood there if it was kept, written anew if not. */
  public static JsonText text(JsonNode node, String what) {
    return node instanceof POJONode holder && holder.getPojo() instanceof JsonText text
        ? text
        : JsonCodec.write(node, what);
  }

  private JsonNode value() throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_NUMBER_INT -> integer();
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      default -> NODES.nullNode();
    };
  }

  private JsonNode integer() throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(parser.getBigIntegerValue());
    };
  }

  private ObjectNode object() throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.set(name, kept.test(name) ? node(JsonText.wrap(slice())) : value());
    }
    return object;
  }

  private ArrayNode array() throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value());
    }
    return array;
  }

  private byte[] slice() throws IOException {
    long begin = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    long end = parser.currentLocation().getByteOffset();
    if (begin < 0) {
      throw new CodecException("the JSON is not in UTF-8");
    }
    return Arrays.copyOfRange(source, (int) begin, (int) end);
  }
}
