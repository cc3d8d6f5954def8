package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerTest {
  private static final int SCHEDULES = 5_000;
  private static final Instant START = Instant.ofEpochSecond(1_000_000);

  @Test
  void noOrderDuplicateOrCrashLosesAnOutcomeOrCountsItTwice() {
    long crashes = 0;
    long duplicates = 0;
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      LedgerSimulation simulation = new LedgerSimulation(seed, LedgerSimulation.Planted.NOTHING);
      try {
        simulation.run();
      } catch (AssertionError | RuntimeException broken) {
        throw new AssertionError("schedule of seed " + seed + ": " + broken.getMessage(), broken);
      }
      crashes += simulation.crashes();
      duplicates += simulation.duplicates();
    }
    // They must have happened, or the schedules prove nothing.
    assertThat(crashes).isGreaterThan(SCHEDULES);
    assertThat(duplicates).isGreaterThan(SCHEDULES);
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
