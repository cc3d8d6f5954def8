package dev.warren.engine.codec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.warren.api.CodecException;
import dev.warren.api.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON: unknown fields are ignored, times are ISO 8601, no type names in the data
 * and no polymorphic typing. What names a value in an error is asked for its text only then. Safe
 * for concurrent use.
 */
public final class JsonCodec {
  /** Deeper input is refused: nobody's arguments nest so deep, but an attacker's do. */
  private static final int MAX_DEPTH = 200;

  /** Of what goes into a message with others, which is some levels deeper then. */
  private static final int MAX_PART_DEPTH = 150;

  private static final ObjectMapper MAPPER = mapper();

  private static final JsonFactory PARTS =
      JsonFactory.builder()
          .recyclerPool(new SharedBuffers())
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_PART_DEPTH).build())
          .build();

  /** Finding out how a class is read takes longer than reading a small value. */
  private static final ClassValue<ObjectReader> READERS =
      new ClassValue<>() {
        @Override
        protected ObjectReader computeValue(Class<?> type) {
          return MAPPER.readerFor(type);
        }
      };

  private JsonCodec() {}

  /** The mapper itself, for trees and streams. Must not be configured further. */
  public static ObjectMapper json() {
    return MAPPER;
  }

  /** Writes a value. {@code what} names it in the error. */
  public static JsonText write(@Nullable Object value, Object what) {
    if (value instanceof Json json) {
      return requireJson(JsonText.of(json.text()), what);
    }
    try {
      return JsonText.wrap(MAPPER.writeValueAsBytes(value));
    } catch (JacksonException unfit) {
      throw new CodecException(
          what + " cannot be written as JSON: " + unfit.getOriginalMessage(), unfit);
    }
  }

  /**
   * Writes a value that will be a part of a message. {@code what} names it in the error.
   *
   * @throws CodecException if it cannot be written, or not so that it is read again: what nobody
   *     reads would take its neighbours in the message with it
   */
  public static JsonText writePart(@Nullable Object value, Object what) {
    return requirePart(
        value instanceof Json json ? JsonText.of(json.text()) : write(value, what), what);
  }

  /** Reads a value of a class. {@code what} names it in the error. */
  public static <T> @Nullable T read(JsonText text, Class<T> as, Object what) {
    if (as == Json.class) {
      return as.cast(new Json(requireJson(text, what).toString()));
    }
    try {
      return READERS.get(as).readValue(text.bytes());
    } catch (JacksonException unfit) {
      throw new CodecException(what + " does not fit: " + describe(unfit), unfit);
    } catch (IOException impossible) {
      throw new CodecException(what + " cannot be read", impossible);
    }
  }

  /** Reads any JSON; exactly one value. {@code what} names it in the error. */
  public static JsonNode tree(JsonText text, Object what) {
    try {
      JsonNode node = MAPPER.readTree(text.bytes());
      if (node == null || node.isMissingNode()) {
        throw new CodecException(what + " is empty: expected JSON");
      }
      return node;
    } catch (JacksonException malformed) {
      throw new CodecException(what + " is not JSON: " + describe(malformed), malformed);
    } catch (IOException impossible) {
      throw new CodecException(what + " cannot be read", impossible);
    }
  }

  /**
   * Checks that the text is one JSON value, without building it. {@code what} names it in the
   * error.
   */
  public static JsonText requireJson(JsonText text, Object what) {
    return require(text, MAPPER.getFactory(), what);
  }

  /** The same of what will be a part of a message, and must not nest as deep as a whole one. */
  public static JsonText requirePart(JsonText text, Object what) {
    return require(text, PARTS, what);
  }

  private static JsonText require(JsonText text, JsonFactory limits, Object what) {
    if (JsonScan.isOneValue(text.bytes())) {
      return text;
    }
    try (JsonParser parser = limits.createParser(text.bytes())) {
      if (parser.nextToken() == null) {
        throw new CodecException(what + " is empty: expected JSON");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new CodecException(what + " is more than one JSON value");
      }
      return text;
    } catch (JacksonException malformed) {
      throw new CodecException(what + " is not JSON: " + describe(malformed), malformed);
    } catch (IOException impossible) {
      throw new CodecException(what + " cannot be read", impossible);
    }
  }

  static String describe(JacksonException error) {
    String where =
        error.getLocation() == null
            ? ""
            : " (line "
                + error.getLocation().getLineNr()
                + ", column "
                + error.getLocation().getColumnNr()
                + ")";
    return error.getOriginalMessage() + where;
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper =
        JsonMapper.builder(JsonFactory.builder().recyclerPool(new SharedBuffers()).build())
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .addModule(ExactJson.module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
    return mapper;
  }
}
