package dev.warren.gateway.aggregate;

import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.Pong;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskProgress;
import dev.warren.engine.wire.TaskRetrying;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads entries out of events. What anybody may have written is checked here. Pure. */
final class EventEntries {
  /** Of types, queues, workers, lanes and batches, in characters. */
  static final int LONGEST_NAME = 255;

  private EventEntries() {}

  /**
   * What an event message says.
   *
   * @param unreadable why something in it cannot be read; null if all can
   */
  record Reading(List<Entry> entries, @Nullable String unreadable) {}

  static Reading read(byte[] body) {
    Optional<List<Entry>> successes = OutcomeScan.read(body);
    return successes.isPresent() ? new Reading(successes.get(), null) : readEach(body);
  }

  private static Reading readEach(byte[] body) {
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
      case TaskDelayed delayed -> Optional.of(delayed(delayed));
      case TaskRetrying retrying -> Optional.of(retrying(retrying));
      case BatchOpened opened ->
          Optional.of(new Entry.Opened(batch(opened.batch()), opened.description(), opened.at()));
      case BatchClosed closed ->
          Optional.of(new Entry.Closed(batch(closed.batch()), closed.members(), closed.at()));
      case TaskProgress progress -> Optional.empty();
      case Pong pong -> Optional.empty();
    };
  }

  private static Entry delayed(TaskDelayed event) {
    requireSense(event.task(), event.generation(), event.lineage());
    return new Entry.Waiting(
        new TaskRecord(
            0,
            event.task(),
            event.generation(),
            name(event.type()),
            name(event.queue()),
            TaskState.DELAYED,
            0,
            "",
            "",
            event.enqueuedAt(),
            null,
            null,
            event.dueAt(),
            null,
            null,
            event.lineage()));
  }

  private static Entry retrying(TaskRetrying event) {
    requireSense(event.task(), event.generation(), event.lineage());
    return new Entry.Waiting(
        new TaskRecord(
            0,
            event.task(),
            event.generation(),
            name(event.type()),
            name(event.queue()),
            TaskState.RETRYING,
            event.attempt(),
            name(event.worker()),
            "",
            event.enqueuedAt(),
            null,
            null,
            event.dueAt(),
            null,
            event.failure(),
            event.lineage()));
  }

  private static void requireSense(TaskId task, int generation, Lineage lineage) {
    if (generation < 1) {
      throw new CodecException("an event of task " + task + " has generation " + generation);
    }
    if (lineage.batch() != null) {
      batch(lineage.batch());
    }
  }

  private static Entry ended(OutcomeEvent event) {
    requireSense(event.task(), event.generation(), event.lineage());
    name(event.type());
    name(event.queue());
    name(event.worker());
    name(event.lane());
    return new Entry.Ended(
        event.task(),
        new TaskRule.Known(event.generation(), state(event), event.attempt(), 0),
        event.lineage().batch(),
        event.lineage().batchIndex(),
        event.continues(),
        Slice.of(EventCodec.write(event).bytes()));
  }

  /**
   * What an outcome event says of a task, once it has its sequence.
   *
   * @param event as it was recorded
   */
  static TaskRecord task(long sequence, OutcomeEvent event) {
    return new TaskRecord(
        sequence,
        event.task(),
        event.generation(),
        event.type(),
        event.queue(),
        state(event),
        event.attempt(),
        event.worker(),
        event.lane(),
        event.enqueuedAt(),
        event.startedAt(),
        event.endedAt(),
        null,
        event.result(),
        event.failure(),
        event.lineage());
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
