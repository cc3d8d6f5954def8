package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.CodecException;
import dev.warren.api.Json;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one task says must not make the message unreadable that it shares with others. */
class NeighboursTest {
  private static Object nested(int levels) {
    Object value = 1;
    for (int level = 0; level < levels; level++) {
      value = List.of(value);
    }
    return value;
  }

  private static OutcomeEvent outcome(JsonText result) {
    TaskId id = TaskId.next();
    Instant now = Instant.ofEpochMilli(1_795_000_000_000L);
    return new OutcomeEvent(
        id,
        1,
        "echo",
        "default",
        1,
        "worker@host:1",
        "virtual",
        now,
        now,
        now,
        Outcome.Status.SUCCEEDED,
        result,
        null,
        Lineage.of(id),
        false);
  }

  @Test
  void whatNobodyWouldReadIsNotWritten() {
    List<Object> unfit =
        List.of(
            BigInteger.TEN.pow(1_001),
            nested(151),
            Map.of("k".repeat(60_000), 1),
            new Json("[".repeat(151) + "]".repeat(151)),
            new Json("1 2"));
    for (Object value : unfit) {
      assertThatThrownBy(() -> JsonCodec.writePart(value, "a result"))
          .isInstanceOf(CodecException.class)
          .hasMessageStartingWith("a result is ");
    }
  }

  @Test
  void whatMayBeWrittenIsReadBesideOthers() {
    List<Object> fit =
        List.of(
            BigInteger.TEN.pow(999),
            nested(150),
            Map.of("k".repeat(40_000), 1),
            "x".repeat(100_000),
            new Json("[".repeat(150) + "]".repeat(150)));
    List<Event> events = new ArrayList<>();
    for (Object value : fit) {
      events.add(outcome(JsonText.of("1")));
      events.add(outcome(JsonCodec.writePart(value, "a result")));
    }
    List<CodecException> unreadable = new ArrayList<>();

    JsonText message = EventCodec.message(events.stream().map(EventCodec::text).toList());

    assertThat(EventCodec.read(message.bytes(), unreadable::add)).isEqualTo(events);
    assertThat(unreadable).isEmpty();
  }
}
