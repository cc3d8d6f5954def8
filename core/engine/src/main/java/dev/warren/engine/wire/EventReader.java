package dev.warren.engine.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an event message in one pass, without a tree: outcomes come by the thousand.
 * Events of other kinds, and outcomes that are written in an unusual way, are read as trees. For
 * one message and one thread.
 */
final class EventReader {
  /** A UUID's characters. */
  private static final int ID_LENGTH = 36;

  private final byte[] body;
  private final Consumer<CodecException> unreadable;
  private final JsonParser parser;
  private final List<Event> events = new ArrayList<>();

  /** What the neighbours in a message mostly share; not made anew for each. */
  private final OutcomeFields fields = new OutcomeFields();

  /** The event before, if it was an outcome that could be read: the next may leave out a part. */
  private @Nullable OutcomeEvent before;

  private EventReader(byte[] body, Consumer<CodecException> unreadable, JsonParser parser) {
    this.body = body;
    this.unreadable = unreadable;
    this.parser = parser;
  }

  /** As {@link EventCodec#read}. */
  static List<Event> read(byte[] body, Consumer<CodecException> unreadable) {
    try (JsonParser parser = JsonCodec.json().createParser(body)) {
      EventReader reader = new EventReader(body, unreadable, parser);
      reader.all();
      return reader.events;
    } catch (JacksonException malformed) {
      unreadable.accept(
          new CodecException(
              "an event message is not JSON: " + malformed.getOriginalMessage(), malformed));
    } catch (CodecException malformed) {
      unreadable.accept(malformed);
    } catch (IOException impossible) {
      unreadable.accept(new CodecException("an event message cannot be read", impossible));
    }
    return List.of();
  }

  private void all() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new CodecException("an event message is empty: expected JSON");
    }
    if (first == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        one();
      }
    } else {
      one();
    }
    if (parser.nextToken() != null) {
      throw new CodecException("an event message is more than one JSON value");
    }
  }

  private void one() throws IOException {
    long begin = parser.currentTokenLocation().getByteOffset();
    if (begin < 0) {
      throw new CodecException("an event message is not in UTF-8");
    }
    OutcomeEvent earlier = before;
    before = null;
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      int around = parser.getParsingContext().getNestingDepth() - 1;
      OutcomeEvent outcome = outcome(earlier);
      if (outcome != null) {
        add(outcome);
        return;
      }
      while (parser.getParsingContext().getNestingDepth() > around) {
        parser.nextToken();
      }
    } else {
      parser.skipChildren();
      parser.finishToken();
    }
    asTree(slice(begin), earlier);
  }

  private void add(Event event) {
    events.add(event);
    before = event instanceof OutcomeEvent outcome ? outcome : null;
  }

  private void asTree(byte[] event, @Nullable OutcomeEvent earlier) {
    try {
      JsonNode tree = JsonParts.tree(JsonText.wrap(event), "result"::equals, "an event");
      Event read = EventCodec.event(tree, earlier);
      if (read != null) {
        add(read);
      }
    } catch (CodecException malformed) {
      unreadable.accept(malformed);
    } catch (RuntimeException malformed) {
      unreadable.accept(new CodecException("an event cannot be read: " + malformed, malformed));
    }
  }

  /** Reads an outcome; null, and in the middle of it, if it is none or not as usual. */
  private @Nullable OutcomeEvent outcome(@Nullable OutcomeEvent earlier) throws IOException {
    if (!began(parser.nextFieldName(), earlier)) {
      return null;
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (!field(name, parser.nextToken())) {
        return null;
      }
    }
    try {
      return fields.event();
    } catch (RuntimeException unfit) {
      // What is wrong with it the other way tells.
      return null;
    }
  }

  /** Reads the first field; false if it is not that of an outcome. */
  private boolean began(@Nullable String first, @Nullable OutcomeEvent earlier) throws IOException {
    if ("event".equals(first)) {
      fields.begin();
      return parser.nextToken() == JsonToken.VALUE_STRING && isText(OutcomeEvent.NAME);
    }
    if (earlier == null || !"task".equals(first)) {
      return false;
    }
    fields.beginAfter(earlier);
    return field("task", parser.nextToken());
  }

  /** Takes a field; false if it is not as usual. */
  private boolean field(String name, JsonToken value) throws IOException {
    switch (name) {
      case "task" -> {
        fields.task = id(value);
        return fields.task != null;
      }
      case "root" -> {
        fields.root = id(value);
        return fields.root != null;
      }
      case "parent" -> {
        fields.parent = id(value);
        return fields.parent != null;
      }
      // Not where it was expected: the other way reads it.
      case "event" -> {
        return false;
      }
      case "type" -> fields.type = text(value, fields.type, OutcomeFields.TYPE);
      case "queue" -> fields.queue = text(value, fields.queue, OutcomeFields.QUEUE);
      case "worker" -> fields.worker = text(value, fields.worker, OutcomeFields.WORKER);
      case "lane" -> fields.lane = text(value, fields.lane, OutcomeFields.LANE);
      case "status" -> fields.status = text(value, fields.status, OutcomeFields.STATUS);
      case "batch" -> {
        fields.lastBatch = text(value, fields.lastBatch, 0);
        fields.batch = fields.lastBatch;
      }
      case "generation", "attempt", "enqueuedAt", "startedAt", "endedAt", "batchIndex" -> {
        boolean whole =
            value == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return whole && fields.number(name, parser.getLongValue());
      }
      case "continues" -> {
        fields.continues = value == JsonToken.VALUE_TRUE;
        return value.isBoolean();
      }
      case "result" -> {
        long begin = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        fields.result = JsonText.wrap(slice(begin));
        return true;
      }
      case "failure" -> {
        return false;
      }
      default -> {
        parser.skipChildren();
        return true;
      }
    }
    return value == JsonToken.VALUE_STRING;
  }

  private byte[] slice(long begin) {
    return Arrays.copyOfRange(body, (int) begin, (int) parser.currentLocation().getByteOffset());
  }

  /** The text, as the same object as the one before it if it is the same text. */
  private String text(JsonToken value, String before, int which) throws IOException {
    if (value != JsonToken.VALUE_STRING) {
      return before;
    }
    fields.given(which);
    return isText(before) ? before : parser.getText();
  }

  private boolean isText(String expected) throws IOException {
    int length = parser.getTextLength();
    if (length != expected.length()) {
      return false;
    }
    char[] text = parser.getTextCharacters();
    int at = parser.getTextOffset();
    for (int i = 0; i < length; i++) {
      if (text[at + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The id, or null if this is none in its usual form. */
  private @Nullable TaskId id(JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_STRING || parser.getTextLength() != ID_LENGTH) {
      return null;
    }
    char[] text = parser.getTextCharacters();
    int at = parser.getTextOffset();
    boolean dashes =
        text[at + 8] == '-' && text[at + 13] == '-' && text[at + 18] == '-' && text[at + 23] == '-';
    long first = hex(text, at, 8);
    long second = hex(text, at + 9, 4);
    long third = hex(text, at + 14, 4);
    long fourth = hex(text, at + 19, 4);
    long fifth = hex(text, at + 24, 12);
    if (!dashes || (first | second | third | fourth | fifth) < 0) {
      return null;
    }
    return new TaskId(new UUID(first << 32 | second << 16 | third, fourth << 48 | fifth));
  }

  /** The number that these digits write; below zero, and stays so, if one is none. */
  private static long hex(char[] text, int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) {
      number = number << 4 | Character.digit(text[i], 16);
    }
    return number;
  }
}
