package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void neverMoreThanTheWindowIsUnfinishedAndAllAreCounted() throws Exception {
    Queue<ClosedLoop.End> unfinished = new ArrayDeque<>();
    int[] most = new int[1];
    ClosedLoop loop =
        new ClosedLoop(
            (count, end) -> {
              for (int i = 0; i < count; i++) {
                unfinished.add(end);
              }
              most[0] = Math.max(most[0], unfinished.size());
              // Everything ends when the window is full, or with the last group.
              if (unfinished.size() >= 8) {
                unfinished.removeIf(
                    one -> {
                      one.ended(true);
                      return true;
                    });
              }
            },
            8,
            4);

    Tally tally = loop.run(new Limit(80, LONG));

    assertThat(tally.submitted()).isEqualTo(80);
    assertThat(tally.rate().count()).isEqualTo(80);
    assertThat(tally.lost()).isZero();
    assertThat(most[0]).isEqualTo(8);
  }

  @Test
  void whatDidNotEndWellIsCountedAsFailed() throws Exception {
    ClosedLoop loop = new ClosedLoop((count, end) -> end.ended(false), 2, 1);

    Tally tally = loop.run(new Limit(10, LONG));

    assertThat(tally.failed()).isEqualTo(10);
    assertThat(tally.rate().count()).isZero();
    assertThat(tally.seconds()).isZero();
  }
}
