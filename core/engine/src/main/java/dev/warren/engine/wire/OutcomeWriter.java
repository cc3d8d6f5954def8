package dev.warren.engine.wire;

import dev.warren.api.Failure;
import dev.warren.engine.codec.JsonBytes;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes outcome events, of which there is one for every task; the result as it stands. */
final class OutcomeWriter {
  private static final byte[] TASK = "\"task\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ENQUEUED_AT = name("enqueuedAt");
  private static final byte[] STARTED_AT = name("startedAt");
  private static final byte[] ENDED_AT = name("endedAt");
  private static final byte[] RESULT = name("result");
  private static final byte[] FAILURE = name("failure");
  private static final byte[] FAILURE_TYPE = name("type", '{');
  private static final byte[] MESSAGE = name("message");
  private static final byte[] STACK = name("stack");
  private static final byte[] ROOT = name("root");
  private static final byte[] PARENT = name("parent");
  private static final byte[] BATCH = name("batch");
  private static final byte[] BATCH_INDEX = name("batchIndex");
  private static final byte[] CONTINUES = name("continues");
  private static final JsonText TRUE = JsonText.of("true");

  /** What an event takes beside its head and its result, with some room. */
  private static final int FRAME = 256;

  /** Mostly that of the next one, too. Whichever thread wrote last: none has to see it. */
  private static volatile @Nullable OutcomeHead last;

  private OutcomeWriter() {}

  static EventText write(OutcomeEvent event) {
    JsonText result = event.result();
    JsonBytes json = new JsonBytes(FRAME + (result == null ? 0 : result.size()));
    json.raw(TASK).value(event.task().value());
    time(json, ENQUEUED_AT, event.enqueuedAt());
    time(json, STARTED_AT, event.startedAt());
    time(json, ENDED_AT, event.endedAt());
    if (result != null) {
      json.raw(RESULT).value(result);
    }
    failure(json, event.failure());
    lineage(json, event);
    if (event.continues()) {
      json.raw(CONTINUES).value(TRUE);
    }
    return new EventText(head(event), json.raw('}'));
  }

  private static OutcomeHead head(OutcomeEvent event) {
    OutcomeHead head = last;
    if (head == null || !head.fits(event)) {
      head = OutcomeHead.of(event);
      last = head;
    }
    return head;
  }

  private static void time(JsonBytes json, byte[] name, @Nullable Instant time) {
    if (time != null) {
      json.raw(name).value(time.toEpochMilli());
    }
  }

  private static void failure(JsonBytes json, @Nullable Failure failure) {
    if (failure != null) {
      json.raw(FAILURE);
      json.raw(FAILURE_TYPE).value(failure.type());
      json.raw(MESSAGE).value(failure.message());
      json.raw(STACK).value(failure.stack());
      json.raw('}');
    }
  }

  private static void lineage(JsonBytes json, OutcomeEvent event) {
    Lineage lineage = event.lineage();
    UUID root = lineage.root().value();
    if (!root.equals(event.task().value())) {
      json.raw(ROOT).value(root);
    }
    if (lineage.parent() != null) {
      json.raw(PARENT).value(lineage.parent().value());
    }
    if (lineage.batch() != null) {
      json.raw(BATCH).value(lineage.batch());
    }
    if (lineage.batchIndex() != null) {
      json.raw(BATCH_INDEX).value(lineage.batchIndex());
    }
  }

  private static byte[] name(String name) {
    return name(name, ',');
  }

  private static byte[] name(String name, char before) {
    return JsonBytes.name(before, name);
  }
}
