package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChunkRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static TaskMessage task(JsonText arguments) {
    return TaskMessage.of(TaskId.next(), "a.b", "default", arguments, NOW);
  }

  private static OutcomeEvent outcome(Duration took, Outcome.Status status) {
    TaskId id = TaskId.next();
    return new OutcomeEvent(
        id,
        1,
        "a.b",
        "default",
        1,
        "worker@host",
        "virtual",
        NOW,
        NOW,
        NOW.plus(took),
        status,
        status == Outcome.Status.SUCCEEDED ? JsonText.NULL : null,
        null,
        Lineage.of(id),
        false);
  }

  @Test
  void ofAnUnknownTypeAFewGoTogetherAndMoreWithEachOutcome() {
    assertThat(ChunkRule.most(0, 0)).isEqualTo(ChunkRule.UNKNOWN_TASKS);
    assertThat(ChunkRule.most(10, 0.1)).isEqualTo(ChunkRule.UNKNOWN_TASKS + 20);
    assertThat(ChunkRule.most(1_000_000, 0.1)).isEqualTo(ChunkRule.MOST_TASKS);
  }

  @Test
  void aChunkHoldsASecondOfWork() {
    assertThat(ChunkRule.most(1_000, 10)).isEqualTo(100);
    assertThat(ChunkRule.most(1_000, 400)).isEqualTo(2);
  }

  @Test
  void aTaskOfMoreThanASecondGoesAlone() {
    assertThat(ChunkRule.most(1_000, 1_001)).isEqualTo(1);
    assertThat(ChunkRule.most(1, 600_000)).isEqualTo(1);
  }

  @Test
  void aFewOfManyChunksThatNobodyWaitsForTellHowLongTasksTake() {
    assertThat(LongStream.range(0, 16).anyMatch(before -> ChunkRule.isSample(before, 0)))
        .as("a program that submits little")
        .isFalse();
    assertThat(LongStream.range(16, 116).filter(before -> ChunkRule.isSample(before, 0)).count())
        .isEqualTo(25);
    assertThat(
            LongStream.range(16, 3_216).filter(before -> ChunkRule.isSample(before, 1_000)).count())
        .isEqualTo(100);
  }

  @Test
  void theLastOutcomesOfATypeDecide() {
    TaskDurations durations = new TaskDurations();
    for (int i = 0; i < 1_000; i++) {
      durations.heard(outcome(Duration.ofMillis(1), Outcome.Status.SUCCEEDED));
    }
    assertThat(durations.mostInChunk("a.b")).isEqualTo(ChunkRule.MOST_TASKS);

    for (int i = 0; i < 2_000; i++) {
      durations.heard(outcome(Duration.ofMillis(500), Outcome.Status.SUCCEEDED));
    }
    assertThat(durations.mostInChunk("a.b")).isEqualTo(2);
    assertThat(durations.mostInChunk("another")).isEqualTo(ChunkRule.UNKNOWN_TASKS);
  }

  @Test
  void whatNeverRanSaysNothingOfHowLongItTakes() {
    TaskDurations durations = new TaskDurations();
    for (int i = 0; i < 100; i++) {
      durations.heard(outcome(Duration.ofHours(1), Outcome.Status.CANCELLED));
      durations.heard(outcome(Duration.ofHours(1), Outcome.Status.EXPIRED));
    }
    assertThat(durations.mostInChunk("a.b")).isEqualTo(ChunkRule.UNKNOWN_TASKS);
  }

  @Test
  void largeDelayedAndForeignTasksGoAlone() {
    assertThat(ChunkRule.mayShare(task(JsonText.EMPTY_OBJECT))).isTrue();
    assertThat(ChunkRule.mayShare(task(JsonText.of("\"" + "x".repeat(16 * 1024) + "\""))))
        .isFalse();
    assertThat(ChunkRule.mayShare(task(JsonText.NULL).withTerms(TaskTerms.DEFAULT.dueAt(NOW))))
        .isFalse();
    assertThat(ChunkRule.mayShare(task(JsonText.NULL).withOthers(Map.of("theirs", "1")))).isFalse();
  }

  @Test
  void jsonInAnotherEncodingGoesAlone() {
    assertThat(ChunkRule.mayShare(task(JsonText.wrap("{}".getBytes(StandardCharsets.UTF_16LE)))))
        .isFalse();
    assertThat(ChunkRule.mayShare(task(JsonText.wrap("{}".getBytes(StandardCharsets.UTF_16BE)))))
        .isFalse();
    assertThat(ChunkRule.mayShare(task(JsonText.wrap("\ufeff{}".getBytes(StandardCharsets.UTF_8)))))
        .isFalse();
  }
}
