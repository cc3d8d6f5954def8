package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Outcomes are read in one pass, and as they would be read as trees. */
class EventReaderTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_795_000_000_000L);
  private static final String TASK = "019a0000-0000-7000-8000-00000000abCD";
  private static final String USUAL =
      "\"event\":\"outcome\",\"task\":\"" + TASK + "\",\"type\":\"a.b\",\"queue\":\"default\"";

  private static @Nullable Event asTree(String json) {
    try {
      return EventCodec.event(
          JsonParts.tree(JsonText.of(json), "result"::equals, "an event"), null);
    } catch (RuntimeException unreadable) {
      return null;
    }
  }

  private static List<Event> read(String body, List<CodecException> unreadable) {
    return EventCodec.read(body.getBytes(StandardCharsets.UTF_8), unreadable::add);
  }

  private static OutcomeEvent outcome(Random random) {
    TaskId id = TaskId.next();
    Outcome.Status status = List.of(Outcome.Status.values()).get(random.nextInt(4));
    boolean member = random.nextBoolean();
    return new OutcomeEvent(
        id,
        1 + random.nextInt(3),
        random.nextBoolean() ? "a.b" : "echo",
        random.nextBoolean() ? "default" : "cpu",
        1 + random.nextInt(3),
        random.nextBoolean() ? "worker@host:1" : "w\u00f6rker \"2\"",
        random.nextBoolean() ? "virtual" : "",
        NOW,
        random.nextBoolean() ? NOW.plusMillis(3) : null,
        NOW.plusMillis(random.nextInt(1_000)),
        status,
        status == Outcome.Status.SUCCEEDED ? JsonText.of("{\"a\":[1.50,\"]\u00fc}\"]}") : null,
        status == Outcome.Status.DEAD ? Failure.of("Broken", "it broke") : null,
        new Lineage(
            random.nextBoolean() ? id : TaskId.next(),
            random.nextBoolean() ? TaskId.next() : null,
            member ? "batch " + random.nextInt(2) : null,
            member ? random.nextLong(1_000) : null,
            null),
        random.nextBoolean());
  }

  private static OutcomeEvent same(Outcome.Status status, int number) {
    TaskId id = TaskId.next();
    return new OutcomeEvent(
        id,
        2,
        "a.b",
        "cpu",
        3,
        "worker@host:1",
        "virtual",
        NOW,
        NOW,
        NOW.plusMillis(number),
        status,
        status == Outcome.Status.SUCCEEDED ? JsonText.of(String.valueOf(number)) : null,
        status == Outcome.Status.DEAD ? Failure.of("Broken", "it broke") : null,
        Lineage.of(id),
        false);
  }

  @Test
  void whatSeveralHaveInCommonIsSaidOnceAndReadForEach() {
    for (Outcome.Status status : Outcome.Status.values()) {
      List<Event> events = IntStream.range(0, 50).<Event>mapToObj(i -> same(status, i)).toList();
      String body = EventCodec.message(events.stream().map(EventCodec::text).toList()).toString();
      List<CodecException> unreadable = new ArrayList<>();

      assertThat(body).containsOnlyOnce("worker@host:1").containsOnlyOnce("\"event\"");
      assertThat(read(body, unreadable)).isEqualTo(events);
      assertThat(unreadable).isEmpty();
    }
  }

  @Test
  void anOutcomeHasNothingFromOneThatIsNotBeforeIt() {
    OutcomeEvent first = same(Outcome.Status.SUCCEEDED, 1);
    String rest = "{\"task\":\"" + TASK + "\",\"result\":2}";
    for (String between :
        List.of(
            EventCodec.write(new BatchClosed("batch", 1, NOW, null)).toString(),
            "{\"event\":\"unheard of\"}",
            "{\"event\":\"outcome\",\"task\":7}",
            "7")) {
      String body = "[" + EventCodec.write(first) + "," + between + "," + rest + "]";

      assertThat(read(body, new ArrayList<>()))
          .filteredOn(OutcomeEvent.class::isInstance)
          .containsExactly(first);
    }
    assertThat(read("[" + rest + "]", new ArrayList<>())).isEmpty();
    assertThat(read("[" + EventCodec.write(first) + "," + rest + "]", new ArrayList<>()))
        .hasSize(2)
        .last()
        .isInstanceOfSatisfying(
            OutcomeEvent.class, second -> assertThat(second.type()).isEqualTo("a.b"));
  }

  @Test
  void outcomesComeBackAsTheyWereWrittenInOrder() {
    Random random = new Random(6);
    for (int round = 0; round < 200; round++) {
      List<Event> events = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        events.add(
            random.nextInt(5) == 0 ? new BatchClosed("batch", i, NOW, null) : outcome(random));
      }
      JsonText full = EventCodec.join(events.stream().map(EventCodec::write).toList());
      JsonText body = EventCodec.message(events.stream().map(EventCodec::text).toList());
      List<CodecException> unreadable = new ArrayList<>();

      assertThat(EventCodec.read(full.bytes(), unreadable::add)).isEqualTo(events);
      assertThat(EventCodec.read(body.bytes(), unreadable::add)).isEqualTo(events);
      assertThat(unreadable).isEmpty();
    }
  }

  @Test
  void whatIsWrittenInAnUnusualWayIsReadAsATreeWouldBe() {
    List<String> odd =
        List.of(
            "{" + USUAL + ",\"status\":\"succeeded\",\"result\":5}",
            "{" + USUAL + ",\"status\":\"succeeded\",\"result\": null }",
            "{" + USUAL + ",\"status\":\"SUCCEEDED\",\"result\":\"\\u00fc\"}",
            "{" + USUAL + ",\"status\":\"succeeded\"}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"result\":1}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"generation\":\"2\",\"attempt\":null}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"generation\":2.7,\"attempt\":[3]}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"attempt\":99999999999}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"endedAt\":99999999999999999999}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"batch\":7,\"batchIndex\":\"9\"}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"batch\":null,\"continues\":\"true\"}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"more\":{\"task\":[{}]},\"lane\":\"x\"}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"task\":\"" + TASK.replace('a', 'b') + "\"}",
            "{" + USUAL + ",\"status\":\"unheard-of\"}",
            "{" + USUAL + ",\"status\":[\"cancelled\"]}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"root\":\"1-1-1-1-1\"}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"root\":\"" + TASK.replace('-', '_') + "\"}",
            "{" + USUAL + ",\"status\":\"cancelled\",\"root\":\"" + TASK.replace('a', 'x') + "\"}",
            "{\"task\":\"" + TASK + "\",\"event\":\"outcome\",\"status\":\"expired\"}",
            "{\"type\":\"a\",\"queue\":\"b\",\"task\":\""
                + TASK
                + "\",\"event\":\"outcome\",\"status\":\"expired\"}",
            "{\"event\":\"outcome\"}",
            "{\"event\":[\"outcome\"]}",
            "{\"event\":\"outcomes\",\"task\":{\"event\":\"outcome\"}}",
            "{}",
            "[[]]",
            "17",
            "null",
            "\"outcome\"");
    String neighbour =
        "{" + USUAL + ",\"worker\":\"w\",\"lane\":\"l\",\"batch\":\"b\",\"status\":\"expired\"}";
    Event plain = asTree(neighbour);
    for (String one : odd) {
      List<Event> expected = new ArrayList<>(List.of(Objects.requireNonNull(plain)));
      Event itself = asTree(one);
      if (itself != null) {
        expected.add(itself);
      }
      expected.add(plain);

      assertThat(read("[" + neighbour + "," + one + " ," + neighbour + "]", new ArrayList<>()))
          .as(one)
          .isEqualTo(expected);
    }
  }

  @Test
  void anEventThatLacksANameDoesNotTakeThatOfItsNeighbour() {
    String named =
        "{" + USUAL + ",\"worker\":\"w\",\"lane\":\"l\",\"batch\":\"b\",\"status\":\"expired\"}";
    String unnamed = "{" + USUAL + ",\"status\":\"expired\"}";

    assertThat(read("[" + named + "," + unnamed + "]", new ArrayList<>()).getLast())
        .isInstanceOfSatisfying(
            OutcomeEvent.class,
            event -> {
              assertThat(event.worker()).isEmpty();
              assertThat(event.lane()).isEmpty();
              assertThat(event.lineage().batch()).isNull();
            });
  }

  @Test
  void aMessageThatIsNoJsonHasNoEventsAndSaysSo() {
    String event = "{" + USUAL + ",\"status\":\"expired\"}";
    for (String body :
        List.of("", "[" + event, "[" + event + "," + event.substring(0, 40), event + "]")) {
      List<CodecException> unreadable = new ArrayList<>();
      assertThat(read(body, unreadable)).as(body).isEmpty();
      assertThat(unreadable).as(body).hasSize(1);
    }
    assertThat(read(event, new ArrayList<>())).hasSize(1);
  }
}
