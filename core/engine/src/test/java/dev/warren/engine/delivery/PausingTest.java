package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.health.Health;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.QueuePause;
import dev.warren.engine.wire.QueuePauseCodec;
import dev.warren.testkit.BrokerVersionAtLeast;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RabbitMq
class PausingTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final Duration WHILE = Duration.ofMillis(500);
  private static final String TYPE = "word.hold";
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Word(String text) {}

  private final VirtualHost host;
  private final String queue = "p" + QUEUES.incrementAndGet();
  private final Set<TaskId> started = ConcurrentHashMap.newKeySet();
  private final CountDownLatch released = new CountDownLatch(1);
  private EngineFixture fixture;

  PausingTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(queue, TYPE);
  }

  @AfterEach
  void close() throws Exception {
    released.countDown();
    fixture.close();
  }

  /** An engine with two slots, whose tasks hold theirs until they are released. */
  private DeliveryEngine holding() {
    return fixture.started(
        fixture
            .engine(queue)
            .register(
                Registration.blocking(
                    TaskType.of(TYPE, Word.class, Word.class)
                        .with(options -> options.withQueue(queue)),
                    Lane.THREADS,
                    (word, context) -> {
                      started.add(context.id());
                      released.await();
                      return Verdict.done(word);
                    })));
  }

  private TaskId send() {
    return fixture.send(queue, TYPE, "{\"text\":\"hare\"}");
  }

  private void pause(boolean paused, Instant at) {
    QueuePause entry = new QueuePause(queue, paused, at, "ops");
    say(QueuePauseCodec.write(entry));
  }

  private void pause() {
    pause(true, Instant.now());
  }

  private void resume() {
    pause(false, Instant.now());
  }

  private void say(JsonText body) {
    QueuePause any = new QueuePause(queue, true, Instant.now(), "");
    assertThat(
            fixture
                .publisher()
                .publish(
                    new Outgoing(
                        TopologyNames.CANCELLATIONS,
                        "",
                        QueuePauseCodec.properties(any, "test"),
                        body,
                        true),
                    AMPLE)
                .join())
        .isEqualTo(PublishResult.CONFIRMED);
  }

  private EngineState.QueueState state(DeliveryEngine engine) {
    return engine.state().queues().getFirst();
  }

  private void awaitPaused(DeliveryEngine engine) {
    await().atMost(AMPLE).until(() -> state(engine).paused().isPresent());
    await().atMost(AMPLE).until(() -> !state(engine).consuming());
  }

  private void awaitSucceeded(TaskId task) {
    await()
        .atMost(AMPLE)
        .untilAsserted(
            () ->
                assertThat(fixture.outcomes.stream().filter(event -> event.task().equals(task)))
                    .singleElement()
                    .extracting(OutcomeEvent::status)
                    .isEqualTo(Outcome.Status.SUCCEEDED));
  }

  @Test
  void aPausedQueueGivesNothingAndWhatHasNotStartedGoesBackWhileWhatRunsEnds() {
    DeliveryEngine engine = holding();
    List<TaskId> tasks = List.of(send(), send(), send(), send(), send());
    await().atMost(AMPLE).until(() -> started.size() == 2 && state(engine).unacknowledged() == 5);

    pause();

    awaitPaused(engine);
    await().atMost(AMPLE).until(() -> host.readyCount(TopologyNames.work(queue)) == 3);
    assertThat(state(engine).unacknowledged()).isEqualTo(2);
    assertThat(state(engine).detail()).startsWith("paused by ops since ");
    assertThat(engine.state().ready()).isTrue();
    assertThat(Health.of("me", engine.state()).ready()).isTrue();
    List<TaskId> running = List.copyOf(started);
    released.countDown();
    running.forEach(this::awaitSucceeded);
    await().during(WHILE).atMost(AMPLE).until(() -> started.size() == 2);
    assertThat(state(engine).unacknowledged()).isZero();

    resume();

    tasks.forEach(this::awaitSucceeded);
    assertThat(fixture.outcomes).hasSize(5).allMatch(event -> event.attempt() == 1);
    assertThat(state(engine).paused()).isEmpty();
  }

  @Test
  void aResumedQueueIsServedAtOnceAlthoughATaskOfBeforeStillRuns() {
    DeliveryEngine engine = holding();
    TaskId before = send();
    await().atMost(AMPLE).until(() -> started.contains(before));
    pause();
    awaitPaused(engine);
    TaskId after = send();

    resume();

    await().atMost(AMPLE).until(() -> started.contains(after));
    assertThat(state(engine).unacknowledged()).isEqualTo(2);
    assertThat(state(engine).consuming()).isTrue();
    released.countDown();
    awaitSucceeded(before);
    awaitSucceeded(after);
    await().atMost(AMPLE).until(() -> state(engine).unacknowledged() == 0);
  }

  @Test
  void aWorkerThatStartsLaterKnowsIt() {
    released.countDown();
    pause();
    TaskId task = send();

    DeliveryEngine engine = holding();

    awaitPaused(engine);
    await().during(WHILE).atMost(AMPLE).until(started::isEmpty);
    assertThat(engine.state().ready()).isTrue();
    resume();
    awaitSucceeded(task);
  }

  @Test
  void theLastEntryCountsWhateverItsTimeSays() {
    released.countDown();
    pause(true, Instant.now());
    pause(false, Instant.now().minusSeconds(3_600));
    DeliveryEngine engine = holding();
    awaitSucceeded(send());

    pause(true, Instant.now().minusSeconds(7_200));

    awaitPaused(engine);
  }

  @Test
  void aPauseIsForgottenWithItsEntry() {
    released.countDown();
    pause(true, Instant.now().minus(Duration.ofDays(15)));

    DeliveryEngine engine = holding();

    awaitSucceeded(send());
    assertThat(state(engine).paused()).isEmpty();
  }

  @Test
  void itStaysPausedWhenAllConnectionsAreLost() {
    released.countDown();
    DeliveryEngine engine = holding();
    awaitSucceeded(send());
    pause();
    awaitPaused(engine);
    String process = fixture.connections.process().text();

    host.closeConnections(process + " cancellations");
    host.closeConnections(process + " consume");
    TaskId task = send();

    await()
        .during(WHILE)
        .atMost(AMPLE)
        .until(() -> state(engine).paused().isPresent() && !started.contains(task));
    resume();
    awaitSucceeded(task);
  }

  @Test
  void pausingManyTimesLosesNothingAndUsesNoAttempt() {
    released.countDown();
    DeliveryEngine engine = holding();
    int rounds = 5;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < 40; i++) {
        send();
      }
      pause();
      awaitPaused(engine);
      resume();
    }

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() >= rounds * 40);
    assertThat(fixture.outcomes)
        .hasSize(rounds * 40)
        .allMatch(event -> event.attempt() == 1)
        .allMatch(event -> event.status() == Outcome.Status.SUCCEEDED)
        .extracting(OutcomeEvent::task)
        .doesNotHaveDuplicates();
  }

  @Test
  @BrokerVersionAtLeast("4.3")
  void whatGoesBackUnstartedDoesNotComeNearTheDeliveryLimit() {
    DeliveryEngine engine = holding();
    List<TaskId> tasks = List.of(send(), send(), send());
    for (int round = 0; round < 5; round++) {
      await().atMost(AMPLE).until(() -> state(engine).unacknowledged() == 3);
      pause();
      awaitPaused(engine);
      await().atMost(AMPLE).until(() -> host.readyCount(TopologyNames.work(queue)) == 1);
      if (round < 4) {
        resume();
      }
    }

    assertThat(host.peek(TopologyNames.work(queue), 1))
        .singleElement()
        .extracting(message -> message.getProps().getHeaders())
        .satisfies(
            headers ->
                assertThat(headers == null ? 0 : headers.getOrDefault("x-delivery-count", 0))
                    .asString()
                    .isEqualTo("0"));
    released.countDown();
    resume();
    tasks.forEach(this::awaitSucceeded);
  }

  @Test
  void anEntryThatCannotBeReadSpoilsNothing() {
    released.countDown();
    say(JsonText.of("{}"));
    say(JsonText.of("{\"queue\":\"a.b\",\"paused\":true}"));
    say(JsonText.of("{\"queue\":\"" + queue + "\",\"paused\":\"yes\"}"));
    say(JsonText.of("[1]"));

    DeliveryEngine engine = holding();

    awaitSucceeded(send());
    assertThat(engine.state().ready()).isTrue();
  }

  @Test
  void aDrainEndsWhatRunsOnAPausedQueueToo() throws Exception {
    DeliveryEngine engine = holding();
    TaskId task = send();
    await().atMost(AMPLE).until(() -> started.contains(task));
    pause();
    awaitPaused(engine);
    released.countDown();

    DrainReport report = engine.drain(AMPLE);

    assertThat(report.interrupted()).isZero();
    awaitSucceeded(task);
  }
}
