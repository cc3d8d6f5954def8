package dev.warren.gateway.aggregate;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.time.Instant;
import java.util.Arrays;

/** Events for tests. */
final class Told {
  static final Instant BEGUN = Instant.ofEpochMilli(1_700_000_000_000L);

  private Told() {}

  static OutcomeEvent succeeded(TaskId id, String json) {
    return outcome(id, 1, Outcome.Status.SUCCEEDED, json, Lineage.of(id));
  }

  static OutcomeEvent member(
      TaskId id, int generation, Outcome.Status status, String batch, long index) {
    return outcome(
        id, generation, status, "\"" + index + "\"", new Lineage(id, null, batch, index, null));
  }

  static OutcomeEvent outcome(
      TaskId id, int generation, Outcome.Status status, String json, Lineage lineage) {
    return new OutcomeEvent(
        id,
        generation,
        "test.told",
        "default",
        1,
        "worker@host",
        "threads",
        BEGUN,
        BEGUN.plusMillis(5),
        BEGUN.plusMillis(9),
        status,
        status == Outcome.Status.SUCCEEDED ? JsonText.of(json) : null,
        status == Outcome.Status.DEAD ? Failure.of("Broken", "it broke") : null,
        lineage,
        false);
  }

  static byte[] message(Event... events) {
    return EventCodec.message(Arrays.stream(events).map(EventCodec::text).toList()).bytes();
  }

  /** Of which none leaves anything out. */
  static byte[] fullMessage(Event... events) {
    return EventCodec.join(Arrays.stream(events).map(EventCodec::write).toList()).bytes();
  }
}
