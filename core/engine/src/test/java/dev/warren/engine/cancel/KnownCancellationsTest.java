package dev.warren.engine.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.AttemptState;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KnownCancellationsTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final KnownCancellations known = new KnownCancellations();
  private final TaskId id = TaskId.next();

  private static TaskMessage task(TaskId id, int generation, Instant enqueuedAt, String batch) {
    return new TaskMessage(
        id,
        "echo",
        "default",
        JsonText.EMPTY_OBJECT,
        new AttemptState(generation, 1, null, null),
        TaskTerms.DEFAULT,
        Lineage.of(id).withBatch(batch, 1),
        enqueuedAt,
        Map.of());
  }

  private TaskMessage task(int generation, Instant enqueuedAt) {
    return task(id, generation, enqueuedAt, "none");
  }

  private void cancel(int generation, Instant at) {
    known.add(new Cancellation.OfTask(id, generation, at, ""), NOON);
  }

  @Test
  void nothingIsCancelledAtFirst() {
    assertThat(known.cover(task(1, NOON))).isFalse();
    assertThat(known.size()).isZero();
  }

  @Test
  void aGenerationThatIsNamedIsMeantAlone() {
    cancel(2, NOON);

    assertThat(known.cover(task(1, NOON))).isFalse();
    assertThat(known.cover(task(2, NOON.plus(MINUTE)))).isTrue();
    assertThat(known.cover(task(3, NOON))).isFalse();
  }

  @Test
  void withoutAGenerationAReplayThatCameLaterIsNotMeant() {
    cancel(Cancellation.EVERY_GENERATION, NOON);

    assertThat(known.cover(task(2, NOON.minus(MINUTE)))).isTrue();
    assertThat(known.cover(task(2, NOON.plus(MINUTE)))).isFalse();
  }

  @Test
  void noClockDecidesOverAFirstGeneration() {
    cancel(Cancellation.EVERY_GENERATION, NOON.minus(MINUTE));

    assertThat(known.cover(task(1, NOON.plus(MINUTE)))).isTrue();
  }

  @Test
  void aClockThatIsAheadCancelsNoLaterReplay() {
    cancel(Cancellation.EVERY_GENERATION, NOON.plus(Duration.ofDays(300)));

    assertThat(known.cover(task(2, NOON.plus(MINUTE)))).isFalse();
  }

  @Test
  void aBatchCoversItsMembersAndNobodyElse() {
    known.add(new Cancellation.OfBatch("b-1", NOON, ""), NOON);

    assertThat(known.cover(task(TaskId.next(), 1, NOON.plus(MINUTE), "b-1"))).isTrue();
    assertThat(known.cover(task(TaskId.next(), 1, NOON, "b-2"))).isFalse();
    assertThat(known.cover(task(TaskId.next(), 2, NOON.plus(MINUTE), "b-1"))).isFalse();
  }

  @Test
  void whatIsOlderThanAnyTaskOnTheLadderIsForgotten() {
    cancel(1, NOON.minus(Duration.ofDays(14)));
    known.add(new Cancellation.OfBatch("b-1", NOON.minus(Duration.ofDays(14)), ""), NOON);
    known.add(new Cancellation.OfBatch("b-2", NOON, ""), NOON);
    known.prune(NOON);
    assertThat(known.size()).isEqualTo(3);

    known.prune(NOON.plus(Duration.ofDays(2)));

    assertThat(known.size()).isEqualTo(1);
    assertThat(known.cover(task(1, NOON))).isFalse();
    assertThat(known.cover(task(TaskId.next(), 1, NOON, "b-2"))).isTrue();
  }

  @Test
  void whatIsTooOldAlreadyIsNotTakenIn() {
    cancel(1, NOON.minus(Duration.ofDays(16)));

    assertThat(known.size()).isZero();
  }

  @Test
  void theTableOfIdsKeepsHundredsOfThousandsLikeAMap() {
    record Key(UUID id, int generation) {}
    CancelledIds table = new CancelledIds();
    Map<Key, Long> expected = new HashMap<>();
    Random random = new Random(7);
    for (int i = 0; i < 300_000; i++) {
      Key key = new Key(new UUID(7, random.nextLong(200_000)), random.nextInt(3));
      long second = random.nextLong(1, 1L << 32);
      table.put(key.id(), key.generation(), second);
      expected.merge(key, second, Math::max);
    }
    assertThat(table.size()).isEqualTo(expected.size());
    expected.forEach(
        (key, second) -> assertThat(table.second(key.id(), key.generation())).isEqualTo(second));

    long oldest = 1L << 31;
    table.dropBefore(oldest);

    assertThat(table.size())
        .isEqualTo((int) expected.values().stream().filter(each -> each >= oldest).count());
    expected.forEach(
        (key, second) ->
            assertThat(table.second(key.id(), key.generation()))
                .isEqualTo(second >= oldest ? second : 0));
    assertThat(table.second(new UUID(8, 8), 0)).isZero();
  }
}
