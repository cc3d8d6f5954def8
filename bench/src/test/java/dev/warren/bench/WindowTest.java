package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WindowTest {
  private static final long LONG = Duration.ofSeconds(30).toNanos();

  @Test
  void moreThanTheWindowIsNotGiven() throws Exception {
    Window window = new Window(3);

    assertThat(window.take(2, LONG)).isTrue();
    assertThat(window.take(2, 1_000)).isFalse();
    assertThat(window.take(1, LONG)).isTrue();
    assertThat(window.unfinished()).isEqualTo(3);
  }

  @Test
  void whoWaitsForPlacesGetsThemWhenTheyAreGivenBack() throws Exception {
    Window window = new Window(2);
    assertThat(window.take(2, LONG)).isTrue();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Boolean> waiting = threads.submit(() -> window.take(2, LONG));
      window.giveBack();
      window.giveBack();

      assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(window.unfinished()).isEqualTo(2);
    assertThat(window.awaitAll(1_000)).isFalse();
  }

  @Test
  void noWakeUpIsMissedAmongMany() throws Exception {
    int rounds = 20_000;
    Window window = new Window(10);
    Semaphore taken = new Semaphore(0);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 3; i++) {
        threads.execute(
            () -> {
              for (int j = 0; j < rounds; j++) {
                taken.acquireUninterruptibly();
                window.giveBack();
              }
            });
      }
      for (int i = 0; i < 3 * rounds; i++) {
        assertThat(window.take(1, LONG)).isTrue();
        taken.release();
      }
      assertThat(window.awaitAll(LONG)).isTrue();
    }
    assertThat(window.unfinished()).isZero();
  }
}
