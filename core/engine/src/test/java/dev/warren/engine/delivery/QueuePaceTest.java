package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class QueuePaceTest {
  private static final String TYPE = "word";
  private static final int THREADS = 3;
  private static final int ATTEMPTS = 50_000;

  /** A begin that is counted in part would weigh as much as all the time since the origin. */
  @Test
  void attemptsThatBeginAndEndWhileItLearnsTakeNoLongerThanTheyDo() throws InterruptedException {
    long origin = System.nanoTime() - Duration.ofDays(30).toNanos();
    QueuePace pace =
        new QueuePace(List.of(TYPE), type -> new QueuePace.Place(type, THREADS), origin);
    TaskMessage task =
        TaskMessage.of(TaskId.next(), TYPE, "pace", JsonText.of("{}"), Instant.now());
    CountDownLatch running = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                      pace.ended(TYPE, pace.began(TYPE));
                    }
                    running.countDown();
                  }));
    }
    double longest = 0;
    while (running.getCount() > 0) {
      pace.delivered(List.of(task), 1);
      pace.learn(System.nanoTime());
      longest = Math.max(longest, pace.work().places().getFirst().seconds());
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(longest).isLessThan(3_600.0);
  }
}
