package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class LimitLineTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Longer than a machine stops for between two lines. */
  private static final Duration AMPLE = Duration.ofSeconds(3);

  private final Queue<Integer> told = new ConcurrentLinkedQueue<>();
  private Deadlines.Entry last = () -> {};

  @Test
  void tellsWhatIsDueInOrderAndNothingOfWhatHasLeft() {
    try (Deadlines deadlines = new Deadlines()) {
      List<Deadlines.Entry> entries = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int number = i;
        entries.add(deadlines.limit(AMPLE, () -> told.add(number)));
      }
      for (int left : new int[] {0, 4, 5, 9, 4}) {
        entries.get(left).cancel();
      }
      entries.add(deadlines.limit(AMPLE, () -> told.add(10)));

      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(told).containsExactly(1, 2, 3, 6, 7, 8, 10));
    }
  }

  @Test
  void setsItsAlarmAgainWhenItWasEmpty() {
    try (Deadlines deadlines = new Deadlines()) {
      Duration length = Duration.ofMillis(50);
      deadlines.limit(length, () -> told.add(0)).cancel();
      deadlines.limit(length, () -> told.add(1));
      await().atMost(LIMIT).until(() -> told.contains(1));

      deadlines.limit(length, () -> told.add(2));
      await().atMost(LIMIT).until(() -> told.contains(2));
      assertThat(told).containsExactly(1, 2);
    }
  }

  @Test
  void whatIsDueEarlierInAnotherLineComesEarlier() {
    try (Deadlines deadlines = new Deadlines()) {
      deadlines.limit(AMPLE, () -> told.add(1));
      deadlines.limit(Duration.ofMillis(50), () -> told.add(2));

      await().atMost(LIMIT).untilAsserted(() -> assertThat(told).containsExactly(2, 1));
    }
  }

  /** An attempt that has ended stays with its delivery while another one of its chunk runs. */
  @Test
  void whoKeepsAPlaceThatHasLeftKeepsNothingElse() {
    try (Deadlines deadlines = new Deadlines()) {
      List<Deadlines.Entry> kept = new ArrayList<>();
      List<WeakReference<Object>> held = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Object data = new Object();
        held.add(new WeakReference<>(data));
        Deadlines.Entry entry = deadlines.limit(LIMIT, () -> told.add(data.hashCode()));
        if (i % 10 == 0) {
          kept.add(entry);
        }
        if (i > 0) {
          last.cancel();
        }
        last = entry;
      }
      last.cancel();

      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(held).allMatch(reference -> reference.refersTo(null));
              });
      assertThat(kept).hasSize(10);
    }
  }
}
