package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.engine.wire.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttemptProgressTest {
  private final Deadlines deadlines = new Deadlines();
  private final List<Progress> told = new CopyOnWriteArrayList<>();
  private final AttemptProgress progress = new AttemptProgress(deadlines, told::add);

  @AfterEach
  void close() {
    deadlines.close();
  }

  private static Progress at(double fraction) {
    return new Progress(fraction, "step", Instant.EPOCH);
  }

  @Test
  void theFirstWordIsToldAtOnceAndTheLastOfManyLater() {
    for (int i = 1; i <= 1_000; i++) {
      progress.report(at(i / 1_000.0));
    }

    assertThat(told.getFirst()).isEqualTo(at(0.001));
    assertThat(progress.last()).hasValue(at(1));
    await().atMost(Duration.ofSeconds(30)).until(() -> told.getLast().equals(at(1)));
    // More only if a thousand calls take longer than a second.
    assertThat(told).hasSizeLessThan(20);
  }

  @Test
  void nothingIsToldOfAnAttemptThatHasEnded() {
    progress.report(at(0.1));
    progress.report(at(0.2));
    progress.end();
    progress.report(at(0.3));

    assertThat(told).containsExactly(at(0.1));
    assertThat(progress.last()).hasValue(at(0.3));
  }

  @Test
  void whatNoMessageTakesIsBroughtIntoShape() {
    assertThat(new Progress(Double.NaN, "x".repeat(300), Instant.EPOCH))
        .satisfies(
            bounded -> {
              assertThat(bounded.fraction()).isZero();
              assertThat(bounded.message()).hasSize(200).endsWith("…");
            });
    assertThat(new Progress(7, "half a pair \ud83d", Instant.EPOCH))
        .isEqualTo(new Progress(1, "half a pair ?", Instant.EPOCH));
  }
}
