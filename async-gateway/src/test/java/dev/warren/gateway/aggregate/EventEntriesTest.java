package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EventEntriesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final TaskMessage TASK =
      TaskMessage.of(TaskId.next(), "echo", "default", JsonText.NULL, NOON);

  private static EventEntries.Reading read(Event... events) {
    return EventEntries.read(
        EventCodec.join(Arrays.stream(events).map(EventCodec::write).toList()).bytes());
  }

  @Test
  void whatATaskWaitsForIsRecordedWithItsTime() {
    Failure failure = Failure.of("Broken", "it broke");
    EventEntries.Reading reading =
        read(
            TaskDelayed.of(TASK, NOON.plusSeconds(60)),
            TaskRetrying.of(
                TASK,
                TaskRetrying.Reason.FAILED,
                failure,
                "worker@host",
                NOON,
                NOON.plusSeconds(2)));

    assertThat(reading.unreadable()).isNull();
    assertThat(reading.entries())
        .map(entry -> ((Entry.Waiting) entry).task())
        .satisfiesExactly(
            delayed -> {
              assertThat(delayed.id()).isEqualTo(TASK.id());
              assertThat(delayed.state()).isEqualTo(TaskState.DELAYED);
              assertThat(delayed.attempt()).isZero();
              assertThat(delayed.dueAt()).isEqualTo(NOON.plusSeconds(60));
            },
            retrying -> {
              assertThat(retrying.id()).isEqualTo(TASK.id());
              assertThat(retrying.state()).isEqualTo(TaskState.RETRYING);
              assertThat(retrying.attempt()).isEqualTo(1);
              assertThat(retrying.worker()).isEqualTo("worker@host");
              assertThat(retrying.failure()).isEqualTo(failure);
              assertThat(retrying.dueAt()).isEqualTo(NOON.plusSeconds(2));
            });
  }

  @Test
  void aWaitThatMakesNoSenseIsUnreadableAndSpoilsNothing() {
    EventEntries.Reading reading =
        read(
            TaskDelayed.of(TASK, NOON),
            TaskDelayed.of(
                TASK.withLineage(new Lineage(TASK.id(), null, "x".repeat(300), 1L, null)), NOON));

    assertThat(reading.entries()).hasSize(1);
    assertThat(reading.unreadable()).contains("300 characters");
  }
}
