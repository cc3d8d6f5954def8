package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Engines that are drained at any moment, while tasks come and run. */
@RabbitMq
class DrainingTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final String TYPE = "word.pass";
  private static final int ROUNDS = 12;
  private static final int TASKS_OF_A_ROUND = 80;
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Word(int millis) {}

  private final VirtualHost host;
  private final String queue = "d" + QUEUES.incrementAndGet();
  private final Map<TaskId, AtomicInteger> executions = new ConcurrentHashMap<>();
  private EngineFixture fixture;

  DrainingTest(VirtualHost host) {
    this.host = host;
  }

  static LongStream seeds() {
    return LongStream.of(4_711, System.nanoTime());
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(queue, TYPE);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private DeliveryEngine running(Lane lane) {
    CountDownLatch never = new CountDownLatch(1);
    return fixture.started(
        fixture
            .engine(queue)
            .register(
                Registration.blocking(
                    TaskType.of(TYPE, Word.class, Word.class)
                        .with(options -> options.withQueue(queue)),
                    lane,
                    (word, context) -> {
                      executions
                          .computeIfAbsent(context.id(), first -> new AtomicInteger())
                          .incrementAndGet();
                      boolean told = never.await(word.millis(), TimeUnit.MILLISECONDS);
                      assertThat(told).isFalse();
                      return Verdict.done(word);
                    })));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whoIsDrainedAtAnyMomentLosesNothingAndDoesNothingTwice(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    int sent = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (DeliveryEngine engine = running(round % 2 == 0 ? Lane.VIRTUAL : Lane.THREADS)) {
        // Also an engine that has not begun to consume yet may be drained.
        int goal = executions.size() + random.nextInt(TASKS_OF_A_ROUND);
        for (int i = 0; i < TASKS_OF_A_ROUND; i++) {
          fixture.send(queue, TYPE, "{\"millis\":" + random.nextInt(15) + "}");
          sent++;
        }
        if (random.nextInt(4) > 0) {
          int reached = Math.min(goal, sent);
          await()
              .atMost(AMPLE)
              .pollInterval(Duration.ofMillis(1))
              .until(() -> executions.size() >= reached);
        }
        DrainReport report = engine.drain(AMPLE);
        assertThat(report.interrupted()).as("seed %d", seed).isZero();
      }
    }
    int all = sent;
    DeliveryEngine last = running(Lane.VIRTUAL);

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() >= all);
    await().atMost(AMPLE).until(() -> last.state().queues().getFirst().unacknowledged() == 0);
    assertThat(fixture.outcomes)
        .as("seed %d", seed)
        .hasSize(all)
        .allMatch(event -> event.status() == Outcome.Status.SUCCEEDED)
        .allMatch(event -> event.attempt() == 1)
        .extracting(OutcomeEvent::task)
        .doesNotHaveDuplicates();
    assertThat(executions).as("seed %d", seed).hasSize(all);
    assertThat(executions.values()).as("seed %d", seed).allMatch(count -> count.get() == 1);
    assertThat(host.readyCount(TopologyNames.work(queue))).isZero();
    assertThat(host.readyCount(TopologyNames.dead(queue))).isZero();
    assertThat(host.readyCount(TopologyNames.DEAD_INBOX)).isZero();
  }
}
