package dev.warren.gateway.aggregate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.CodecException;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is recorded without being read as a tree must be readable as one, and mean the same. */
class OutcomeScanTest {
  private static final TaskId ROOT = TaskId.next();

  private static byte[] message() {
    return Told.message(events());
  }

  /** The second, the third and the sixth have their heads from those before them. */
  private static Event[] events() {
    return new Event[] {
      Told.succeeded(TaskId.next(), "1"),
      Told.succeeded(TaskId.next(), "{}"),
      Told.succeeded(TaskId.next(), "{\"a\": [1.50, \"ä\\u0000\"], \"b\": {\"c\": null}}"),
      Told.outcome(
          TaskId.next(),
          3,
          Outcome.Status.SUCCEEDED,
          "\"é\"",
          new Lineage(ROOT, ROOT, "b", 7L, null)),
      Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, "b", 8),
      Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, "b", 9)
    };
  }

  @Test
  void successesAreReadAsTheTreeReadsThem() {
    byte[] message = message();

    List<Entry> scanned = OutcomeScan.read(message).orElseThrow();

    assertThat(scanned).hasSize(6);
    assertThat(differences(message, scanned)).isEmpty();
  }

  @Test
  void whatAnEventLeavesOutIsRecordedWithIt() {
    Event[] events = events();
    byte[] message = Told.message(events);
    byte[] full = Told.fullMessage(events);

    assertThat(message).hasSizeLessThan(full.length - 3 * 100);
    assertThat(recorded(message)).isEqualTo(recorded(full));
  }

  private static byte[] recorded(byte[] message) {
    Segment.Builder builder = new Segment.Builder(null);
    for (Entry entry : OutcomeScan.read(message).orElseThrow()) {
      builder.add((Entry.Ended) entry, 0);
    }
    return builder.build(1).events();
  }

  @Test
  void anEventThatLeavesOutAPartOfWhatIsSharedIsLeftToTheTree() {
    String first = new String(Told.message(Told.succeeded(TaskId.next(), "1")), UTF_8);
    String partly =
        first
            .replace("]", ",{\"task\":\"%s\",\"attempt\":2,\"result\":2}]")
            .formatted(TaskId.next());

    assertThat(OutcomeScan.read(partly.getBytes(UTF_8))).isEmpty();
    EventEntries.Reading reading = EventEntries.read(partly.getBytes(UTF_8));
    assertThat(reading.unreadable()).isNull();
    assertThat(reading.entries())
        .hasSize(2)
        .extracting(entry -> ((Entry.Ended) entry).known().attempt())
        .containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[1]",
        "[{}]",
        "[{\"event\":\"outcome\"}]",
        "[{\"task\":\"0199a6d0-0000-7000-8000-000000000000\",\"result\":1}]",
        "[{\"event\":\"outcome\",\"task\":\"x\"}]",
        "[] []",
        "["
      })
  void whatIsNotExpectedIsLeftToTheTree(String text) {
    assertThat(OutcomeScan.read(text.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void anEndThatIsNoSuccessIsLeftToTheTree() {
    assertThat(
            OutcomeScan.read(
                Told.message(
                    Told.succeeded(TaskId.next(), "1"),
                    Told.member(TaskId.next(), 1, Outcome.Status.DEAD, "b", 1))))
        .isEmpty();
  }

  @Test
  void noSpoiledMessageIsReadOtherwiseThanByTheTree() {
    SplittableRandom random = new SplittableRandom(7);
    byte[] good = message();
    int accepted = 0;
    for (int round = 0; round < 30_000; round++) {
      byte[] spoiled = spoil(good, random);
      Optional<List<Entry>> scanned = OutcomeScan.read(spoiled);
      if (scanned.isPresent()) {
        accepted++;
        assertThat(differences(spoiled, scanned.get()))
            .as("round %d: %s", round, new String(spoiled, UTF_8))
            .isEmpty();
      }
    }
    // Some are spoiled in a result or in a name, where anything may stand.
    assertThat(accepted).isBetween(1_000, 29_000);
  }

  private static byte[] spoil(byte[] good, SplittableRandom random) {
    byte[] spoiled = good.clone();
    int at = random.nextInt(spoiled.length);
    switch (random.nextInt(3)) {
      case 0 -> spoiled[at] = (byte) random.nextInt(256);
      case 1 -> spoiled[at] = (byte) "{}[]\",:0e\\ntu".charAt(random.nextInt(13));
      default -> {
        ByteArrayOutputStream shorter = new ByteArrayOutputStream();
        shorter.write(spoiled, 0, at);
        int from = Math.min(spoiled.length, at + 1 + random.nextInt(4));
        shorter.write(spoiled, from, spoiled.length - from);
        spoiled = shorter.toByteArray();
      }
    }
    return spoiled;
  }

  /** How what was scanned differs from what the tree reads, in the message and in what is kept. */
  private static List<String> differences(byte[] message, List<Entry> scanned) {
    List<String> differences = new ArrayList<>();
    List<Event> read =
        EventCodec.read(message, reason -> differences.add("unreadable: " + reason.getMessage()));
    if (read.size() != scanned.size()) {
      differences.add("%d events, %d entries".formatted(read.size(), scanned.size()));
      return differences;
    }
    Segment.Builder builder = new Segment.Builder(null);
    for (int index = 0; index < read.size(); index++) {
      Entry.Ended ended = (Entry.Ended) scanned.get(index);
      builder.add(ended, 0);
      if (!(read.get(index) instanceof OutcomeEvent event)
          || !(EventEntries.entry(event).orElseThrow() instanceof Entry.Ended expected)) {
        differences.add("not an end: " + read.get(index));
      } else if (!expected.id().equals(ended.id())
          || !expected.known().equals(ended.known())
          || !String.valueOf(expected.batch()).equals(String.valueOf(ended.batch()))
          || !String.valueOf(expected.batchIndex()).equals(String.valueOf(ended.batchIndex()))
          || expected.continues() != ended.continues()) {
        differences.add("%s, not %s".formatted(ended, expected));
      }
    }
    Segment segment = builder.build(1);
    Segment.Stored stored = new Segment.Stored(1, segment.directory(), segment.events());
    for (int index = 0; index < read.size(); index++) {
      try {
        if (!stored.event(index).equals(read.get(index))) {
          differences.add("kept as " + stored.event(index));
        }
      } catch (CodecException unreadable) {
        differences.add("kept and not readable: " + unreadable.getMessage());
      }
    }
    return differences;
  }
}
