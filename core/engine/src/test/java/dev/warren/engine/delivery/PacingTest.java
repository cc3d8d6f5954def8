package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much engines run and hold, on a real broker. */
@RabbitMq
class PacingTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Nothing() {}

  private final VirtualHost host;
  private final String queue = "pacing" + QUEUES.incrementAndGet();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final Semaphore mayEnd = new Semaphore(0);
  private EngineFixture fixture;

  PacingTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(queue, "long", "limited", "free");
  }

  @AfterEach
  void close() throws Exception {
    release.countDown();
    mayEnd.release(1_000);
    fixture.close();
  }

  private TaskType<Nothing, String> type(String name, UnaryOperator<TaskOptions> options) {
    return TaskType.of(name, Nothing.class, String.class)
        .with(of -> options.apply(of.withQueue(queue)));
  }

  private Registration<Nothing, String> longTasks() {
    return Registration.blocking(
        type("long", of -> of),
        Lane.THREADS,
        (nothing, context) -> {
          release.await();
          return Verdict.done("released");
        });
  }

  @Test
  void longTasksAreLeftToWorkersThatHaveRoomForThem() {
    for (int i = 0; i < 16; i++) {
      fixture.send(queue, "long", "{}");
    }
    DeliveryEngine first = fixture.started(fixture.engine(queue).register(longTasks()));
    await().atMost(AMPLE).until(() -> held(first) == 16);
    assertThat(first.state().queues().getFirst().prefetch())
        .as("before anything is known")
        .isEqualTo(16);

    await().atMost(AMPLE).until(() -> held(first) <= 7);
    assertThat(first.state().running()).isEqualTo(2);
    assertThat(first.state().ready()).isTrue();
    DeliveryEngine second = fixture.started(fixture.engine(queue).register(longTasks()));
    await().atMost(AMPLE).until(() -> second.state().running() == 2);
    release.countDown();

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 16);
    assertThat(fixture.outcomes).allMatch(one -> one.attempt() == 1);
  }

  private static int held(DeliveryEngine engine) {
    return engine.state().queues().getFirst().unacknowledged();
  }

  private Registration<Nothing, String> counted(String name, UnaryOperator<TaskOptions> options) {
    return Registration.blocking(
        type(name, options),
        Lane.VIRTUAL,
        (nothing, context) -> {
          mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          mayEnd.acquire();
          atOnce.decrementAndGet();
          return Verdict.done(name);
        });
  }

  @Test
  void aTypeAtItsLimitLeavesRoomForTheOthersOfItsQueue() {
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engine(settings(4))
                .register(counted("limited", of -> of.withConcurrency(2)))
                .register(
                    Registration.blocking(
                        type("free", of -> of),
                        Lane.VIRTUAL,
                        (nothing, context) -> Verdict.done("free"))));
    for (int i = 0; i < 12; i++) {
      fixture.send(queue, "limited", "{}");
    }
    fixture.send(queue, "free", "{}");

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 1);
    assertThat(fixture.outcomes.peek().type()).isEqualTo("free");
    EngineState.LimitState limited = engine.state().limits().getFirst();
    assertThat(limited.running()).isEqualTo(2);
    assertThat(limited.away()).isPositive();
    assertThat(fixture.retrying)
        .isNotEmpty()
        .allMatch(
            one -> one.failure() != null && one.failure().type().equals(Failure.LIMIT_REACHED));
    mayEnd.release(12);

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 13);
    assertThat(fixture.outcomes).as("no attempt used").allMatch(one -> one.attempt() == 1);
    assertThat(mostAtOnce).hasValue(2);
  }

  @Test
  void whereThereIsNothingElseToDoAllWaitHere() {
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engine(settings(6).withPacing(Pacing.DEFAULT.withLimit("limited", 1)))
                .register(counted("limited", of -> of.withConcurrency(5))));
    for (int i = 0; i < 8; i++) {
      fixture.send(queue, "limited", "{}");
    }
    await().atMost(AMPLE).until(() -> held(engine) == 6);
    assertThat(engine.state().limits())
        .containsExactly(new EngineState.LimitState("limited", 1, 1, 5, 0));
    mayEnd.release(8);
    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 8);
    assertThat(mostAtOnce).hasValue(1);
  }

  @Test
  void aBacklogOfSmallTasksFillsAllPlacesAfterAFirstTaste() {
    for (int i = 0; i < 60; i++) {
      fixture.send(queue, "free", "{}");
    }
    DeliveryEngine engine =
        fixture.started(fixture.engine(queue).register(counted("free", of -> of)));

    await().atMost(AMPLE).until(() -> engine.state().running() == 50);
    assertThat(engine.state().queues().getFirst().prefetch()).isEqualTo(51);
    mayEnd.release(60);

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 60);
    assertThat(fixture.outcomes).as("none was given back").allMatch(one -> one.attempt() == 1);
  }

  private EngineSettings settings(int prefetch) {
    return new EngineSettings(
        ProcessName.of("test-worker"),
        List.of(queue),
        Map.of(queue, prefetch),
        Duration.ofMinutes(30),
        Duration.ofSeconds(30));
  }
}
