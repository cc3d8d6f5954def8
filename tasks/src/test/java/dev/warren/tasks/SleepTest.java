package dev.warren.tasks;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.RejectedTask;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class SleepTest {
  @Test
  void itSleepsForTheGivenTime() throws Exception {
    assertThat(Sleep.run(Sleep.Arguments.ofMillis(30), new AttemptInTest()).slept())
        .isGreaterThanOrEqualTo(30);
    assertThat(
            Sleep.run(new Sleep.Arguments(null, Duration.ofMillis(20)), new AttemptInTest())
                .slept())
        .isGreaterThanOrEqualTo(20);
  }

  @Test
  void exactlyOneTimeIsNeeded() {
    assertThatThrownBy(() -> new Sleep.Arguments(null, null))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("millis");
    assertThatThrownBy(() -> new Sleep.Arguments(1L, Duration.ZERO))
        .isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> Sleep.Arguments.ofMillis(-1)).isInstanceOf(RejectedTask.class);
  }

  @Test
  void cancellingWakesIt() {
    AttemptInTest attempt = new AttemptInTest();
    CompletableFuture<Sleep.Result> sleeping =
        CompletableFuture.supplyAsync(() -> sleepForAnHour(attempt));

    attempt.cancel();

    assertThatThrownBy(() -> sleeping.get(10, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void anInterruptWakesIt() throws Exception {
    CompletableFuture<Throwable> woken = new CompletableFuture<>();
    Thread sleeper =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Sleep.run(Sleep.Arguments.ofMillis(3_600_000), new AttemptInTest());
                  } catch (InterruptedException interrupted) {
                    woken.complete(interrupted);
                  }
                });

    sleeper.interrupt();

    assertThat(woken.get(10, SECONDS)).isInstanceOf(InterruptedException.class);
  }

  private static Sleep.Result sleepForAnHour(AttemptInTest attempt) {
    try {
      return Sleep.run(Sleep.Arguments.ofMillis(3_600_000), attempt);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
