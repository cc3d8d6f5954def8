package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.Broker;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A broker that takes nothing for longer than a worker waits, and one that waits no longer. */
@RabbitMq
@Tag("node")
class PatienceOfTheBrokerTest {
  record Word(String text) {}

  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final TaskType<Word, Word> SAY = TaskType.of("say", Word.class, Word.class);

  private final VirtualHost host;
  private final Broker broker;
  private final Map<TaskId, AtomicInteger> runs = new ConcurrentHashMap<>();
  private EngineFixture fixture;

  PatienceOfTheBrokerTest(VirtualHost host, Broker broker) {
    this.host = host;
    this.broker = broker;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue("default", SAY.name());
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private static EngineSettings settings(Duration consumerTimeout, Duration settleDeadline) {
    return new EngineSettings(
        ProcessName.of("test-worker"),
        List.of("default"),
        Map.of(),
        consumerTimeout,
        settleDeadline,
        Duration.ofSeconds(30));
  }

  private int noteRun(TaskId task) {
    return runs.computeIfAbsent(task, each -> new AtomicInteger()).incrementAndGet();
  }

  private TaskId send() {
    return fixture.send("default", SAY.name(), "{\"text\":\"x\"}");
  }

  private void awaitOutcomes(int tasks) {
    await()
        .atMost(AMPLE)
        .until(
            () -> fixture.outcomes.stream().map(each -> each.task()).distinct().count() == tasks);
    assertThat(fixture.outcomes)
        .allSatisfy(each -> assertThat(each.status()).isEqualTo(Outcome.Status.SUCCEEDED));
  }

  @Test
  void whatWasDoneDuringALongAlarmIsNotDoneAgain() throws Exception {
    CountDownLatch alarmed = new CountDownLatch(1);
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engine(settings(Duration.ofMinutes(30), Duration.ofMillis(500)))
                .register(
                    Registration.blocking(
                        SAY,
                        Lane.VIRTUAL,
                        (word, context) -> {
                          noteRun(context.id());
                          alarmed.await();
                          return Verdict.done(word);
                        })));
    List<TaskId> tasks = Stream.generate(this::send).limit(20).toList();
    await().atMost(AMPLE).until(() -> runs.size() == tasks.size());
    Alarm alarm = broker.raiseMemoryAlarm();
    try {
      alarmed.countDown();
      await().atMost(AMPLE).until(() -> engine.state().running() == 0);
      await()
          .during(Duration.ofSeconds(4))
          .atMost(AMPLE)
          .until(() -> runs.values().stream().allMatch(times -> times.get() == 1));
      assertThat(fixture.outcomes).isEmpty();
    } finally {
      alarm.close();
    }

    awaitOutcomes(tasks.size());
    await().atMost(AMPLE).until(() -> engine.state().queues().getFirst().unacknowledged() == 0);
    assertThat(runs.values()).allSatisfy(times -> assertThat(times).hasValue(1));
  }

  @Test
  void aTaskThatOutlastsTheConsumerTimeoutRunsAgainAndTheWorkerGoesOn() throws Exception {
    Duration timeout = Duration.ofSeconds(3);
    // Brokers before 4.3 know one timeout for all, look at it now and then, and read both settings
    // for each new channel.
    broker.node().ctl("eval", "application:set_env(rabbit, channel_tick_interval, 500).");
    broker.node().ctl("eval", "application:set_env(rabbit, consumer_timeout, 3000).");
    try {
      CountDownLatch released = new CountDownLatch(1);
      DeliveryEngine engine =
          fixture.started(
              fixture
                  .engine(settings(timeout, Duration.ofSeconds(30)))
                  .register(
                      Registration.blocking(
                          SAY,
                          Lane.VIRTUAL,
                          (word, context) -> {
                            if (noteRun(context.id()) == 1 && word.text().equals("slow")) {
                              released.await();
                            }
                            return Verdict.done(word);
                          })));
      TaskId slow = fixture.send("default", SAY.name(), "{\"text\":\"slow\"}");
      await().atMost(AMPLE).until(() -> runs.containsKey(slow));

      awaitOutcomes(1);
      assertThat(runs.get(slow)).hasValue(2);
      released.countDown();
      await().atMost(AMPLE).until(() -> engine.state().running() == 0);
      send();
      awaitOutcomes(2);
      assertThat(fixture.outcomes).hasSize(2);
      assertThat(engine.state().ready()).isTrue();
    } finally {
      broker.node().ctl("eval", "application:set_env(rabbit, consumer_timeout, 1800000).");
      broker.node().ctl("eval", "application:set_env(rabbit, channel_tick_interval, 60000).");
    }
  }
}
