package dev.warren.gateway.aggregate;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message of successes, as almost all are, in one pass: what the rules look at is read, all
 * else is checked and kept as it stands. Gives up on whatever it does not expect; {@link
 * EventEntries} reads that. For one message and one thread.
 */
final class OutcomeScan {
  /** Something that is not expected; costs no stack. */
  private static final class UnexpectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnexpectedException() {
      super("not expected", null, false, false);
    }
  }

  private final byte[] body;
  private final JsonParser parser;

  /** That of the event before, mostly. */
  private @Nullable String batch;

  // Of the event that is read.
  private @Nullable TaskId task;
  private int generation;
  private int attempt;
  private @Nullable Long batchIndex;
  private boolean inBatch;
  private boolean continues;
  private int seen;

  private OutcomeScan(byte[] body, JsonParser parser) {
    this.body = body;
    this.parser = parser;
  }

  /** The entries of a message; empty if it is to be read otherwise. */
  static Optional<List<Entry>> read(byte[] body) {
    if (body.length == 0 || body[0] != '[') {
      return Optional.empty();
    }
    try (JsonParser parser = JsonCodec.json().createParser(body)) {
      return Optional.of(new OutcomeScan(body, parser).entries());
    } catch (IOException | CodecException | UnexpectedException otherwise) {
      return Optional.empty();
    }
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    require(parser.nextToken() == JsonToken.START_ARRAY);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser.currentToken() == JsonToken.START_OBJECT);
      entries.add(event());
    }
    require(parser.nextToken() == null);
    return entries;
  }

  private Entry event() throws IOException {
    long begin = parser.currentTokenLocation().getByteOffset();
    task = null;
    generation = 1;
    attempt = 1;
    batchIndex = null;
    inBatch = false;
    continues = false;
    seen = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      field(name);
    }
    long end = parser.currentLocation().getByteOffset();
    TaskId id = task;
    // Event, type, queue, status, result.
    require(begin >= 0 && seen == 0b11111);
    if (id == null) {
      throw new UnexpectedException();
    }
    return new Entry.Ended(
        id,
        new TaskRule.Known(generation, TaskState.SUCCEEDED, attempt, 0),
        inBatch ? batch : null,
        batchIndex,
        continues,
        new Slice(body, (int) begin, (int) end));
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "event" -> requireWord(OutcomeEvent.NAME, 0b1);
      case "task" -> task = id();
      case "root", "parent" -> id();
      case "type" -> requireName(0b10);
      case "queue" -> requireName(0b100);
      case "worker", "lane" -> requireName(0);
      case "status" -> requireWord(TaskState.SUCCEEDED.text(), 0b1000);
      case "generation" -> {
        generation = number();
        require(generation >= 1);
      }
      case "attempt" -> attempt = number();
      case "batch" -> {
        batch = batch();
        inBatch = true;
      }
      case "batchIndex" -> {
        requireInteger();
        batchIndex = parser.getLongValue();
      }
      case "enqueuedAt", "startedAt", "endedAt" -> {
        requireInteger();
        parser.getLongValue();
      }
      case "continues" -> continues = parser.getBooleanValue();
      case "failure" -> throw new UnexpectedException();
      case "result" -> {
        skip();
        seen |= 0b10000;
      }
      default -> skip();
    }
  }

  /** Whole, and checked as far as whoever reads it again checks it. */
  private void skip() throws IOException {
    parser.skipChildren();
    parser.finishToken();
  }

  private TaskId id() throws IOException {
    require(parser.currentToken() == JsonToken.VALUE_STRING);
    return TaskId.of(parser.getText());
  }

  private int number() throws IOException {
    requireInteger();
    return parser.getIntValue();
  }

  private String batch() throws IOException {
    requireName(0);
    int length = parser.getTextLength();
    require(length > 0);
    String before = batch;
    return before != null && isText(before) ? before : parser.getText();
  }

  private void requireInteger() {
    require(parser.currentToken() == JsonToken.VALUE_NUMBER_INT);
  }

  private void requireName(int bit) throws IOException {
    require(parser.currentToken() == JsonToken.VALUE_STRING);
    require(parser.getTextLength() <= EventEntries.LONGEST_NAME);
    seen |= bit;
  }

  private void requireWord(String word, int bit) throws IOException {
    require(parser.currentToken() == JsonToken.VALUE_STRING && isText(word));
    seen |= bit;
  }

  private boolean isText(String text) throws IOException {
    int length = parser.getTextLength();
    if (length != text.length()) {
      return false;
    }
    char[] chars = parser.getTextCharacters();
    int offset = parser.getTextOffset();
    for (int index = 0; index < length; index++) {
      if (chars[offset + index] != text.charAt(index)) {
        return false;
      }
    }
    return true;
  }

  private static void require(boolean expected) {
    if (!expected) {
      throw new UnexpectedException();
    }
  }
}
