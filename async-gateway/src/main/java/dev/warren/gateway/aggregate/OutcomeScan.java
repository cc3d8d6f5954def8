package dev.warren.gateway.aggregate;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.api.CodecException;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.OutcomeHead;
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

  private static final int EVENT = 1;
  private static final int TYPE = 2;
  private static final int QUEUE = 4;
  private static final int STATUS = 8;
  private static final int RESULT = 16;
  private static final int WORKER = 32;
  private static final int LANE = 64;
  private static final int GENERATION = 128;
  private static final int ATTEMPT = 256;

  /** What an event that says its kind has to say. */
  private static final int WHOLE = EVENT | TYPE | QUEUE | STATUS | RESULT;

  // Those of the event before, mostly.
  private @Nullable String batch;
  private String type = "";
  private String queue = "";
  private String worker = "";
  private String lane = "";

  /** What the next events leave out; null until one does. */
  private byte @Nullable [] head;

  /** Whether there was an event that said all of it. */
  private boolean known;

  // Of the event that is read, or of the one before it if this leaves them out.
  private int generation;
  private int attempt;

  // Of the event that is read.
  private @Nullable TaskId task;
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
    batchIndex = null;
    inBatch = false;
    continues = false;
    seen = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      field(name);
    }
    TaskId id = task;
    require(begin >= 0);
    if (id == null) {
      throw new UnexpectedException();
    }
    Slice slice = slice((int) begin, (int) parser.currentLocation().getByteOffset());
    return new Entry.Ended(
        id,
        new TaskRule.Known(generation, TaskState.SUCCEEDED, attempt, 0),
        inBatch ? batch : null,
        batchIndex,
        continues,
        slice);
  }

  /** The event as it is recorded: complete. */
  private Slice slice(int begin, int end) {
    if ((seen & EVENT) != 0) {
      require((seen & WHOLE) == WHOLE);
      generation = (seen & GENERATION) == 0 ? 1 : generation;
      attempt = (seen & ATTEMPT) == 0 ? 1 : attempt;
      worker = (seen & WORKER) == 0 ? "" : worker;
      lane = (seen & LANE) == 0 ? "" : lane;
      head = null;
      known = true;
      return new Slice(body, begin, end);
    }
    // It leaves out all of it, or nothing.
    require(known && seen == RESULT);
    byte[] left = head;
    if (left == null) {
      left =
          new OutcomeHead(
                  new OutcomeHead.Run(generation, attempt),
                  type,
                  queue,
                  worker,
                  lane,
                  Outcome.Status.SUCCEEDED)
              .json();
      head = left;
    }
    return new Slice(left, body, begin + 1, end);
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "event" -> requireWord(OutcomeEvent.NAME, EVENT);
      case "task" -> task = id();
      case "root", "parent" -> id();
      case "type" -> type = name(TYPE, type);
      case "queue" -> queue = name(QUEUE, queue);
      case "worker" -> worker = name(WORKER, worker);
      case "lane" -> lane = name(LANE, lane);
      case "status" -> requireWord(TaskState.SUCCEEDED.text(), STATUS);
      case "generation" -> {
        generation = number(GENERATION);
        require(generation >= 1);
      }
      case "attempt" -> attempt = number(ATTEMPT);
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
        seen |= RESULT;
      }
      default -> skip();
    }
  }

  /**
   * Whole, and checked as far as whoever reads it again checks it: a text when the parser goes on,
   * without making characters of it.
   */
  private void skip() throws IOException {
    parser.skipChildren();
  }

  private TaskId id() throws IOException {
    require(parser.currentToken() == JsonToken.VALUE_STRING);
    return TaskId.of(parser.getText());
  }

  private int number(int bit) throws IOException {
    requireInteger();
    seen |= bit;
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

  /** The name, as the same object as the one before it if it is the same name. */
  private String name(int bit, String before) throws IOException {
    requireName(bit);
    return isText(before) ? before : parser.getText();
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
