package dev.warren.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.TaskId;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.LaneExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LanesTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  static Stream<Arguments> lanes() {
    IntFunction<LaneExecutor> threads = ThreadsLane::new;
    IntFunction<LaneExecutor> virtual = VirtualLane::new;
    return Stream.of(Arguments.of("threads", threads), Arguments.of("virtual", virtual));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lanes")
  void neverMoreThanTheConcurrencyRunAndAllRunOnce(
      String name, IntFunction<LaneExecutor> constructor) throws Exception {
    int attempts = 20_000;
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch over = new CountDownLatch(attempts);
    Set<String> threads = ConcurrentHashMap.newKeySet();
    try (LaneExecutor lane = constructor.apply(4)) {
      List<Thread> feeders = new ArrayList<>();
      for (int feeder = 0; feeder < 4; feeder++) {
        feeders.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < attempts / 4; i++) {
                        lane.execute(
                            new Body(
                                () -> {
                                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                  threads.add(Thread.currentThread().getName());
                                  Thread.onSpinWait();
                                  running.decrementAndGet();
                                  over.countDown();
                                }));
                      }
                    }));
      }
      for (Thread feeder : feeders) {
        feeder.join();
      }

      assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(most).hasValueBetween(1, 4);
      assertThat(threads).allMatch(thread -> thread.startsWith("warren-" + name + "-"));
      await().atMost(LIMIT).until(() -> lane.running() == 0);
    }
  }

  @Test
  void anAttemptOnAVirtualThreadThatBlocksKeepsNobodyWaiting() throws Exception {
    int attempts = 500;
    CountDownLatch all = new CountDownLatch(attempts);
    try (LaneExecutor lane = new VirtualLane(attempts)) {
      for (int i = 0; i < attempts; i++) {
        // Each ends only when all others have begun.
        lane.execute(
            new Body(
                () -> {
                  all.countDown();
                  awaitQuietly(all);
                }));
      }

      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      await().atMost(LIMIT).until(() -> lane.running() == 0);
    }
  }

  @Test
  void aPlaceThatWasReplacedIsNotGivenBackTwiceThoughTheAttemptThrows() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch replaced = new CountDownLatch(1);
    AtomicReference<Thread> runner = new AtomicReference<>();
    try (LaneExecutor lane = new VirtualLane(1)) {
      Attempt stuck =
          new Body(
              () -> {
                runner.set(Thread.currentThread());
                began.countDown();
                awaitQuietly(replaced);
                throw new IllegalStateException("on purpose: an attempt should not throw");
              });
      lane.execute(stuck);
      assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
      lane.replace(stuck);
      replaced.countDown();

      runner.get().join();
      CountDownLatch second = new CountDownLatch(2);
      CountDownLatch release = new CountDownLatch(1);
      for (int i = 0; i < 2; i++) {
        lane.execute(
            new Body(
                () -> {
                  second.countDown();
                  awaitQuietly(release);
                }));
      }
      assertThat(second.await(500, TimeUnit.MILLISECONDS)).as("two in one place").isFalse();
      release.countDown();
      assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
      await().atMost(LIMIT).until(() -> lane.running() == 0);
    }
  }

  @Test
  void tinyAttemptsOnVirtualThreadsDoNotNeedAThreadEach() throws Exception {
    int attempts = 20_000;
    CountDownLatch over = new CountDownLatch(attempts);
    CountDownLatch handedOver = new CountDownLatch(1);
    Set<String> threads = ConcurrentHashMap.newKeySet();
    try (LaneExecutor lane = new VirtualLane(4)) {
      for (int i = 0; i < attempts; i++) {
        lane.execute(
            new Body(
                () -> {
                  awaitQuietly(handedOver);
                  threads.add(Thread.currentThread().getName());
                  over.countDown();
                }));
      }
      handedOver.countDown();

      assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(threads).hasSizeLessThan(attempts / 2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lanes")
  void handingOverNeverBlocksAndClosingInterruptsWhatRuns(
      String name, IntFunction<LaneExecutor> constructor) throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(2);
    LaneExecutor lane = constructor.apply(2);
    for (int i = 0; i < 1_000; i++) {
      lane.execute(
          new Body(
              () -> {
                started.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException stopped) {
                  interrupted.countDown();
                }
              }));
    }
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(lane.running()).isEqualTo(2);

    lane.close();

    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lanes")
  void theSlotOfAStuckAttemptIsReplacedAndTheReplacementGoesWhenItEnds(
      String name, IntFunction<LaneExecutor> constructor) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(2);
    Body stuck =
        new Body(
            () -> {
              holding.countDown();
              awaitQuietly(release);
            });
    Body beside =
        new Body(
            () -> {
              holding.countDown();
              awaitQuietly(release);
            });
    try (LaneExecutor lane = constructor.apply(1)) {
      lane.execute(stuck);
      lane.execute(beside);
      await().atMost(LIMIT).until(() -> holding.getCount() == 1);

      lane.replace(stuck);
      assertThat(holding.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(lane.concurrency()).isEqualTo(1);
      assertThat(lane.running()).isEqualTo(1);

      release.countDown();
      await().atMost(LIMIT).until(() -> lane.running() == 0);
      AtomicInteger running = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      CountDownLatch over = new CountDownLatch(200);
      for (int i = 0; i < 200; i++) {
        lane.execute(
            new Body(
                () -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  Thread.onSpinWait();
                  running.decrementAndGet();
                  over.countDown();
                }));
      }
      assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(most).hasValue(1);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private record Body(Runnable body) implements Attempt {
    @Override
    public TaskId task() {
      return TaskId.next();
    }

    @Override
    public String type() {
      return "test";
    }

    @Override
    public void run() {
      body.run();
    }

    @Override
    public void whenOver(Runnable action) {}
  }
}
