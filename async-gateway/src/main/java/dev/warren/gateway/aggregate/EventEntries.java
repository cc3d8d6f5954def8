package dev.warren.gateway.aggregate;

import dev.warren.api.CodecException;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.Pong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads entries out of events. What anybody may have written is checked here. Pure. */
final class EventEntries {
  private static final int LONGEST_NAME = 255;

  private EventEntries() {}

  /**
   * What an event message says.
   *
   * @param unreadable why something in it cannot be read; null if all can
   */
  record Reading(List<Entry> entries, @Nullable String unreadable) {}

  static Reading read(byte[] body) {
    List<String> reasons = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (Event event :
        EventCodec.read(body, malformed -> reasons.add(String.valueOf(malformed.getMessage())))) {
      try {
        entry(event).ifPresent(entries::add);
      } catch (CodecException senseless) {
        reasons.add(String.valueOf(senseless.getMessage()));
      }
    }
    return new Reading(entries, reasons.isEmpty() ? null : reasons.getFirst());
  }

  /** What an event says; empty if nothing is recorded of its kind. */
  static Optional<Entry> entry(Event event) {
    return switch (event) {
      case OutcomeEvent outcome -> Optional.of(ended(outcome));
      case BatchOpened opened ->
          Optional.of(new Entry.Opened(batch(opened.batch()), opened.description(), opened.at()));
      case BatchClosed closed ->
          Optional.of(new Entry.Closed(batch(closed.batch()), closed.members(), closed.at()));
      case Pong pong -> Optional.empty();
    };
  }

  private static Entry ended(OutcomeEvent event) {
    if (event.generation() < 1) {
      throw new CodecException(
          "an outcome of task " + event.task() + " has generation " + event.generation());
    }
    if (event.lineage().batch() != null) {
      batch(event.lineage().batch());
    }
    return new Entry.OfTask(
        new TaskRecord(
            0,
            event.task(),
            event.generation(),
            name(event.type()),
            name(event.queue()),
            state(event),
            event.attempt(),
            name(event.worker()),
            name(event.lane()),
            event.enqueuedAt(),
            event.startedAt(),
            event.endedAt(),
            null,
            event.result(),
            event.failure(),
            event.lineage()),
        event.continues());
  }

  private static TaskState state(OutcomeEvent event) {
    return switch (event.status()) {
      case SUCCEEDED -> TaskState.SUCCEEDED;
      case DEAD -> TaskState.DEAD;
      case CANCELLED -> TaskState.CANCELLED;
      case EXPIRED -> TaskState.EXPIRED;
    };
  }

  private static String batch(String id) {
    if (id.isEmpty()) {
      throw new CodecException("a batch has an empty id");
    }
    return name(id);
  }

  private static String name(String text) {
    if (text.length() > LONGEST_NAME) {
      throw new CodecException("a name in an event has " + text.length() + " characters");
    }
    return text;
  }
}
