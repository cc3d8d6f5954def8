package dev.warren.engine.wire;

import dev.warren.api.CodecException;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one outcome event after the other, as they are read. Names stay from one to the
 * next, to be used again where they are the same.
 */
final class OutcomeFields {
  static final int TYPE = 1;
  static final int QUEUE = 2;
  static final int STATUS = 4;
  static final int WORKER = 8;
  static final int LANE = 16;
  private static final int REQUIRED = TYPE | QUEUE | STATUS;
  private static final int ALL = REQUIRED | WORKER | LANE;

  private static final long ABSENT = Long.MIN_VALUE;

  @Nullable TaskId task;
  @Nullable TaskId root;
  @Nullable TaskId parent;
  @Nullable JsonText result;
  @Nullable String batch;
  boolean continues;
  private int given;

  // Of the one before, until this one says its own.
  String type = "";
  String queue = "";
  String worker = "";
  String lane = "";
  String status = "";
  String lastBatch = "";

  private long generation;
  private long attempt;
  private long enqueuedAt;
  private long startedAt;
  private long endedAt;
  private long batchIndex;

  void begin() {
    task = null;
    root = null;
    parent = null;
    result = null;
    batch = null;
    continues = false;
    given = 0;
    generation = 1;
    attempt = 1;
    enqueuedAt = 0;
    startedAt = ABSENT;
    endedAt = 0;
    batchIndex = ABSENT;
  }

  /** One that leaves out what it has in common with the one before it. */
  void beginAfter(OutcomeEvent before) {
    begin();
    given = ALL;
    type = before.type();
    queue = before.queue();
    worker = before.worker();
    lane = before.lane();
    status = before.status().word();
    generation = before.generation();
    attempt = before.attempt();
  }

  /** Takes note that a name was given, which an event must have. */
  void given(int which) {
    given |= which;
  }

  /** False if the number is out of range. */
  boolean number(String name, long value) {
    switch (name) {
      case "generation" -> generation = value;
      case "attempt" -> attempt = value;
      case "enqueuedAt" -> enqueuedAt = value;
      case "startedAt" -> startedAt = value;
      case "endedAt" -> endedAt = value;
      default -> batchIndex = value;
    }
    return value != ABSENT && generation == (int) generation && attempt == (int) attempt;
  }

  OutcomeEvent event() {
    TaskId id = task;
    if (id == null || (given & REQUIRED) != REQUIRED) {
      throw new CodecException("an event lacks a field");
    }
    Lineage lineage =
        new Lineage(
            root == null ? id : root,
            parent,
            batch,
            batchIndex == ABSENT ? null : Long.valueOf(batchIndex),
            null);
    return new OutcomeEvent(
        id,
        (int) generation,
        type,
        queue,
        (int) attempt,
        (given & WORKER) == 0 ? "" : worker,
        (given & LANE) == 0 ? "" : lane,
        Instant.ofEpochMilli(enqueuedAt),
        startedAt == ABSENT ? null : Instant.ofEpochMilli(startedAt),
        Instant.ofEpochMilli(endedAt),
        status(),
        result,
        null,
        lineage,
        continues);
  }

  private Outcome.Status status() {
    return status.equals("succeeded")
        ? Outcome.Status.SUCCEEDED
        : Outcome.Status.valueOf(status.toUpperCase(Locale.ROOT));
  }
}
