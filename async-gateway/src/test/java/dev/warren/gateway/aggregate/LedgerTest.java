package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.TaskId;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rules of recording. {@code -Dwarren.simulation.schedules=1000000} runs more schedules, {@code
 * -Dwarren.simulation.seed=7} begins with another one: with one schedule, it repeats that.
 */
class LedgerTest {
  private static final long SCHEDULES = Long.getLong("warren.simulation.schedules", 100_000);
  private static final long FIRST = Long.getLong("warren.simulation.seed", 1);
  private static final Instant START = Instant.ofEpochSecond(1_000_000);

  @Test
  void noOrderDuplicateOrCrashLosesAnOutcomeOrCountsItTwice() {
    LongAdder crashes = new LongAdder();
    LongAdder duplicates = new LongAdder();
    long begun = System.nanoTime();
    LongStream.range(FIRST, FIRST + SCHEDULES)
        .parallel()
        .forEach(
            seed -> {
              LedgerSimulation simulation =
                  new LedgerSimulation(seed, LedgerSimulation.Planted.NOTHING);
              try {
                simulation.run();
              } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError(
                    "schedule of seed " + seed + ": " + broken.getMessage(), broken);
              }
              crashes.add(simulation.crashes());
              duplicates.add(simulation.duplicates());
            });
    System.out.printf(
        "recording: %,d schedules from seed %d, %,d crashes, %,d duplicates, %.1f s%n",
        SCHEDULES, FIRST, crashes.sum(), duplicates.sum(), (System.nanoTime() - begun) / 1e9);
    // They must have happened, or the schedules prove nothing.
    assertThat(crashes.sum()).isGreaterThan(SCHEDULES);
    assertThat(duplicates.sum()).isGreaterThan(SCHEDULES);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void aPlantedMistakeIsFound(LedgerSimulation.Planted mistake) {
    boolean found =
        LongStream.rangeClosed(1, 500)
            .anyMatch(
                seed -> {
                  try {
                    new LedgerSimulation(seed, mistake).run();
                    return false;
                  } catch (AssertionError broken) {
                    return true;
                  }
                });

    assertThat(found).isTrue();
  }

  @Test
  void aTaskThatEndsAgainInALaterGenerationIsCountedAsEndedOnce() {
    Ledger ledger = new Ledger(new Nothing(), TaskRule.FIRST_END, 0, START);
    TaskId id = TaskId.next();

    ledger.record(ended(id, 0, TaskState.DEAD));
    ledger.record(ended(id, 0, TaskState.DEAD));
    ledger.record(ended(id, 1, TaskState.SUCCEEDED));

    assertThat(ledger.recorded()).isEqualTo(2);
    assertThat(ledger.duplicates()).isEqualTo(1);
    assertThat(ledger.ended()).isEqualTo(1);
  }

  private static Entry ended(TaskId id, int generation, TaskState state) {
    return new Entry.Ended(
        id, new TaskRule.Known(generation, state, 1, 0), null, null, false, Slice.of(new byte[0]));
  }

  /** A store that is empty. */
  private static final class Nothing implements Ledger.Memory {
    @Override
    public Ledger.@Nullable RecordedTask task(TaskId id) {
      return null;
    }

    @Override
    public @Nullable Tally batch(String id) {
      return null;
    }

    @Override
    public @Nullable TaskState member(Ledger.Member member) {
      return null;
    }
  }

  @Test
  void aBatchThatNobodyClosesIsAbandonedAndComesBackWhenItIsHeardOf() {
    Tally batch = new Tally("b", START);

    assertThat(batch.abandonUnlessHeardSince(START, START)).isFalse();
    assertThat(batch.abandonUnlessHeardSince(START.plusSeconds(1), START.plusSeconds(1))).isTrue();
    assertThat(batch.record(() -> 1).state()).isEqualTo(BatchState.ABANDONED);

    batch.memberEnded(null, TaskState.SUCCEEDED, START.plusSeconds(2));
    assertThat(batch.record(() -> 2).state()).isEqualTo(BatchState.OPEN);
    assertThat(batch.abandonUnlessHeardSince(START.plusSeconds(1), START.plusSeconds(2))).isFalse();

    batch.abandonUnlessHeardSince(START.plusSeconds(3), START.plusSeconds(3));
    batch.closed(1, START.plusSeconds(4), START.plusSeconds(4));
    assertThat(batch.record(() -> 3).state()).isEqualTo(BatchState.COMPLETED);
    assertThat(batch.abandonUnlessHeardSince(START.plusSeconds(100), START.plusSeconds(100)))
        .isFalse();
  }

  @Test
  void aReplayAfterTheCompletionMovesTheCountsAndCompletesNothing() {
    Tally batch = new Tally("b", START);
    batch.closed(1, START, START);
    batch.memberEnded(null, TaskState.DEAD, START.plusSeconds(1));
    BatchRecord completed = batch.record(() -> 1);

    batch.memberEnded(TaskState.DEAD, TaskState.SUCCEEDED, START.plusSeconds(9));

    assertThat(completed.state()).isEqualTo(BatchState.COMPLETED);
    assertThat(batch.record(() -> 2).state()).isEqualTo(BatchState.COMPLETED);
    assertThat(batch.record(() -> 2).completedAt()).isEqualTo(completed.completedAt());
    assertThat(batch.record(() -> 2).dead()).isZero();
    assertThat(batch.record(() -> 2).succeeded()).isOne();
  }

  @Test
  void anEmptyBatchIsCompleteWhenItIsClosed() {
    Tally batch = new Tally("b", START);

    batch.closed(0, START, START);

    assertThat(batch.record(() -> 1).state()).isEqualTo(BatchState.COMPLETED);
  }
}
