package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.RejectedTask;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.engine.wire.TaskTerms;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RabbitMq
class DeliveryEngineTest {
  record Word(String text) {}

  record Length(int letters) {}

  private static final AtomicInteger QUEUES = new AtomicInteger();

  private final VirtualHost host;
  private final String queue = "q" + QUEUES.incrementAndGet();
  private EngineFixture fixture;

  DeliveryEngineTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private TaskType<Word, Length> measure() {
    return TaskType.of("word.measure", Word.class, Length.class)
        .with(
            options ->
                options
                    .withQueue(queue)
                    .withRetry(
                        new RetryPolicy(3, Duration.ofMillis(1), 1, Duration.ofMillis(1), false)));
  }

  private DeliveryEngine run(TaskHandler<Word, Length> handler) {
    fixture.queue(queue, "word.measure");
    return fixture.started(
        fixture.engine(queue).register(Registration.blocking(measure(), Lane.VIRTUAL, handler)));
  }

  private List<OutcomeEvent> outcomesOf(TaskId task) {
    return fixture.outcomes.stream().filter(event -> event.task().equals(task)).toList();
  }

  private OutcomeEvent onlyOutcomeOf(TaskId task) {
    await().atMost(Duration.ofSeconds(20)).until(() -> !outcomesOf(task).isEmpty());
    assertThat(outcomesOf(task)).hasSize(1);
    return outcomesOf(task).getFirst();
  }

  private void awaitEmptyQueue() throws Exception {
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> channel.messageCount(TopologyNames.work(queue)) == 0);
    }
  }

  private GetResponse deadLetter() throws Exception {
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      String dead = TopologyNames.dead(queue);
      await().atMost(Duration.ofSeconds(20)).until(() -> channel.messageCount(dead) > 0);
      return channel.basicGet(dead, true);
    }
  }

  @Test
  void aTaskRunsAndItsOutcomeIsPublishedOnce() {
    run((word, context) -> Verdict.done(new Length(word.text().length())));

    OutcomeEvent outcome =
        onlyOutcomeOf(fixture.send(queue, "word.measure", "{\"text\":\"hare\"}"));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(outcome.result()).hasToString("{\"letters\":4}");
    assertThat(outcome.attempt()).isEqualTo(1);
    assertThat(outcome.lane()).isEqualTo("virtual");
    assertThat(outcome.worker()).startsWith("warren-test-worker@");
  }

  @Test
  void manyTasksEndOnceEachAndTheirOutcomesTravelTogether() throws Exception {
    run((word, context) -> Verdict.done(new Length(word.text().length())));
    int count = 5_000;
    List<TaskId> sent = new ArrayList<>();
    TaskWriter writer = new TaskWriter("test");
    List<java.util.concurrent.CompletableFuture<PublishResult>> confirms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TaskMessage task =
          TaskMessage.of(
              TaskId.next(), "word.measure", queue, JsonText.of("{\"text\":\"x\"}"), Instant.now());
      sent.add(task.id());
      confirms.add(
          fixture
              .publisher()
              .publish(
                  Outgoing.task(TopologyNames.TASKS, queue + ".word.measure", writer.write(task)),
                  Duration.ofSeconds(30)));
    }
    confirms.forEach(
        confirm -> assertThat(confirm.join()).isInstanceOf(PublishResult.Confirmed.class));

    await().atMost(Duration.ofSeconds(60)).until(() -> fixture.outcomes.size() >= count);

    Map<TaskId, Long> times =
        fixture.outcomes.stream()
            .collect(Collectors.groupingBy(OutcomeEvent::task, Collectors.counting()));
    assertThat(times.keySet()).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(times.values()).containsOnly(1L);
    assertThat(fixture.outcomeMessages.get()).isLessThan(count);
    awaitEmptyQueue();
  }

  @Test
  void aFailedAttemptIsTriedAgainUntilItSucceeds() {
    AtomicInteger attempts = new AtomicInteger();
    run(
        (word, context) -> {
          assertThat(context.attempt()).isEqualTo(attempts.incrementAndGet());
          if (context.attempt() < 3) {
            throw new IllegalStateException("not yet");
          }
          return Verdict.done(new Length(0));
        });

    OutcomeEvent outcome = onlyOutcomeOf(fixture.send(queue, "word.measure", "{\"text\":\"\"}"));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(outcome.attempt()).isEqualTo(3);
    assertThat(attempts).hasValue(3);
  }

  @Test
  void theIdempotencyKeyIsTheSameForEveryAttemptAndAnotherAfterAReplay() {
    Queue<String> keys = new ConcurrentLinkedQueue<>();
    run(
        (word, context) -> {
          keys.add(context.idempotencyKey());
          if (context.attempt() < 3) {
            throw new IllegalStateException("not yet");
          }
          return Verdict.done(new Length(0));
        });
    TaskMessage task =
        TaskMessage.of(
            TaskId.next(), "word.measure", queue, JsonText.of("{\"text\":\"\"}"), Instant.now());

    fixture.send(task);
    onlyOutcomeOf(task.id());
    assertThat(keys).hasSize(3).containsOnly(keys.element());

    fixture.send(task.replayed(Instant.now()));
    await().atMost(Duration.ofSeconds(20)).until(() -> keys.size() == 6);
    assertThat(Set.copyOf(keys)).hasSize(2);
  }

  @Test
  void whatRunsAgainIsToldWithItsReason() {
    run(
        (word, context) ->
            switch (context.attempt()) {
              case 1 -> throw new IllegalStateException("not yet");
              case 2 -> Verdict.retryAfter(Duration.ofMillis(5), Failure.of("Test", "nor now"));
              default -> Verdict.done(new Length(0));
            });
    fixture.queue(queue, "word.measure", "word.unknown");

    TaskId retried = fixture.send(queue, "word.measure", "{\"text\":\"\"}");
    TaskId parked = fixture.send(queue, "word.unknown", "{}");

    onlyOutcomeOf(retried);
    await().atMost(Duration.ofSeconds(20)).until(() -> fixture.retrying.size() == 3);
    assertThat(fixture.retrying)
        .filteredOn(told -> told.task().equals(retried))
        .extracting(told -> told.attempt() + " " + told.reason() + " " + message(told))
        .containsExactly("1 FAILED not yet", "2 FAILED nor now");
    assertThat(fixture.retrying)
        .filteredOn(told -> told.task().equals(parked))
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.reason()).isEqualTo(TaskRetrying.Reason.PARKED);
              assertThat(message(told)).contains("word.unknown");
              assertThat(told.dueAt()).isEqualTo(told.at().plusSeconds(5));
              assertThat(told.worker()).startsWith("warren-test-worker@");
            });
  }

  @Test
  void aSnoozeIsToldWithoutAFailure() {
    AtomicInteger runs = new AtomicInteger();
    run(
        (word, context) ->
            runs.incrementAndGet() == 1
                ? Verdict.snooze(Duration.ofSeconds(1))
                : Verdict.done(new Length(0)));

    TaskId task = fixture.send(queue, "word.measure", "{\"text\":\"\"}");

    assertThat(onlyOutcomeOf(task).attempt()).isEqualTo(1);
    assertThat(fixture.retrying)
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.reason()).isEqualTo(TaskRetrying.Reason.SNOOZED);
              assertThat(told.failure()).isNull();
              assertThat(told.dueAt()).isEqualTo(told.at().plusSeconds(1));
            });
  }

  private static String message(TaskRetrying told) {
    return Objects.requireNonNull(told.failure()).message();
  }

  @Test
  void whenAttemptsRunOutTheTaskIsDeadWithItsStory() throws Exception {
    run(
        (word, context) -> {
          throw new IllegalStateException("the well is dry");
        });

    TaskId task = fixture.send(queue, "word.measure", "{\"text\":\"a\"}");
    OutcomeEvent outcome = onlyOutcomeOf(task);

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(outcome.attempt()).isEqualTo(3);
    Failure failure = Objects.requireNonNull(outcome.failure());
    assertThat(failure.message()).isEqualTo("the well is dry");
    GetResponse letter = deadLetter();
    assertThat(letter.getProps().getMessageId()).isEqualTo(task.toString());
    assertThat(letter.getProps().getHeaders())
        .hasEntrySatisfying(
            Headers.LAST_ERROR, error -> assertThat(error).hasToString(failure.toString()))
        .hasEntrySatisfying(Headers.ATTEMPT, attempt -> assertThat(attempt).isEqualTo(3));
    assertThat(new String(letter.getBody(), StandardCharsets.UTF_8)).isEqualTo("{\"text\":\"a\"}");
  }

  @Test
  void aRejectedTaskIsDeadAtItsFirstAttempt() {
    AtomicInteger attempts = new AtomicInteger();
    run(
        (word, context) -> {
          attempts.incrementAndGet();
          throw new RejectedTask("no such word");
        });

    OutcomeEvent outcome = onlyOutcomeOf(fixture.send(queue, "word.measure", "{\"text\":\"\"}"));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void aSnoozeUsesNoAttempt() {
    AtomicInteger runs = new AtomicInteger();
    run(
        (word, context) ->
            runs.incrementAndGet() < 3
                ? Verdict.snooze(Duration.ofMillis(10))
                : Verdict.done(new Length(context.attempt())));

    OutcomeEvent outcome = onlyOutcomeOf(fixture.send(queue, "word.measure", "{\"text\":\"\"}"));

    assertThat(outcome.result()).hasToString("{\"letters\":1}");
    assertThat(runs).hasValue(3);
  }

  @Test
  void argumentsThatDoNotFitAreDeadWithAReason() {
    run((word, context) -> Verdict.done(new Length(1)));

    OutcomeEvent outcome = onlyOutcomeOf(fixture.send(queue, "word.measure", "[1,2]"));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(outcome.failure()).extracting(Failure::type).isEqualTo(Failure.INVALID_TASK);
  }

  @Test
  void aMessageThatIsNoTaskGoesToTheDeadLettersAsItCame() throws Exception {
    run((word, context) -> Verdict.done(new Length(1)));
    try (Connection connection = host.connect("stranger");
        Channel channel = connection.createChannel()) {
      channel.basicPublish(
          TopologyNames.TASKS,
          queue + ".word.measure",
          new AMQP.BasicProperties.Builder().contentType("text/plain").build(),
          "hello".getBytes(StandardCharsets.UTF_8));
    }

    GetResponse letter = deadLetter();

    assertThat(new String(letter.getBody(), StandardCharsets.UTF_8)).isEqualTo("hello");
    assertThat(letter.getProps().getHeaders().get(Headers.DEAD_REASON))
        .hasToString(Failure.INVALID_TASK);
    OutcomeEvent next =
        onlyOutcomeOf(fixture.send(queue, "word.measure", "{\"text\":\"still alive\"}"));
    assertThat(next.status()).isEqualTo(Outcome.Status.SUCCEEDED);
  }

  @Test
  void aMessageWithOnlyATypeAndJsonIsATask() throws Exception {
    run((word, context) -> Verdict.done(new Length(word.text().length())));
    try (Connection connection = host.connect("stranger");
        Channel channel = connection.createChannel()) {
      channel.basicPublish(
          TopologyNames.TASKS,
          queue + ".word.measure",
          new AMQP.BasicProperties.Builder().type("word.measure").build(),
          "{\"text\":\"fox\"}".getBytes(StandardCharsets.UTF_8));
    }

    await().atMost(Duration.ofSeconds(20)).until(() -> !fixture.outcomes.isEmpty());

    assertThat(fixture.outcomes.element().result()).hasToString("{\"letters\":3}");
  }

  @Test
  void anUnknownTypeIsParkedAndNotRunNorLost() throws Exception {
    run((word, context) -> Verdict.done(new Length(1)));
    fixture.queue(queue, "word.measure", "word.unheard");

    TaskId task = fixture.send(queue, "word.unheard", "{}");
    awaitEmptyQueue();

    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      // Five seconds of patience: 4 + 1, so the ladder's level of four seconds has it first.
      await()
          .atMost(Duration.ofSeconds(4))
          .until(() -> channel.messageCount(TopologyNames.delay(2)) == 1);
    }
    assertThat(outcomesOf(task)).isEmpty();
  }

  @Test
  void anExpiredTaskDoesNotRun() {
    AtomicInteger runs = new AtomicInteger();
    run(
        (word, context) -> {
          runs.incrementAndGet();
          return Verdict.done(new Length(1));
        });
    Instant past = Instant.now().minusSeconds(1);
    TaskMessage task =
        TaskMessage.of(TaskId.next(), "word.measure", queue, JsonText.of("{\"text\":\"\"}"), past)
            .withTerms(new TaskTerms(dev.warren.api.Priority.NORMAL, null, null, null, null, past));
    fixture.send(task);

    assertThat(onlyOutcomeOf(task.id()).status()).isEqualTo(Outcome.Status.EXPIRED);
    assertThat(runs).hasValue(0);
  }

  @Test
  void aTaskThatExpiresWhileItWaitsForASlotDoesNotRun() throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    fixture.queue(queue, "word.measure");
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engine(queue)
                .register(
                    Registration.blocking(
                        measure(),
                        Lane.THREADS,
                        (word, context) -> {
                          started.countDown();
                          release.await();
                          return Verdict.done(new Length(1));
                        })));
    fixture.send(queue, "word.measure", "{\"text\":\"\"}");
    fixture.send(queue, "word.measure", "{\"text\":\"\"}");
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    Instant expires = Instant.now().plusSeconds(2);
    TaskMessage task =
        TaskMessage.of(
                TaskId.next(), "word.measure", queue, JsonText.of("{\"text\":\"\"}"), Instant.now())
            .withTerms(
                new TaskTerms(dev.warren.api.Priority.NORMAL, null, null, null, null, expires));
    fixture.send(task);
    await().atMost(Duration.ofSeconds(20)).until(() -> engine.state().waiting() == 1);

    await().atMost(Duration.ofSeconds(20)).until(() -> Instant.now().isAfter(expires));
    release.countDown();

    OutcomeEvent outcome = onlyOutcomeOf(task.id());
    assertThat(outcome.status()).isEqualTo(Outcome.Status.EXPIRED);
    assertThat(outcome.startedAt()).isNull();
  }

  @Test
  void anAttemptThatOverrunsItsLimitIsInterruptedAndTriedAgain() {
    CountDownLatch never = new CountDownLatch(1);
    run(
        (word, context) -> {
          if (context.attempt() == 1) {
            never.await();
          }
          return Verdict.done(new Length(context.attempt()));
        });
    TaskMessage task =
        TaskMessage.of(
                TaskId.next(), "word.measure", queue, JsonText.of("{\"text\":\"\"}"), Instant.now())
            .withTerms(
                new TaskTerms(
                    dev.warren.api.Priority.NORMAL,
                    null,
                    null,
                    Duration.ofMillis(200),
                    null,
                    null));
    fixture.send(task);

    assertThat(onlyOutcomeOf(task.id()).result()).hasToString("{\"letters\":2}");
  }

  @Test
  void aTooLargeResultKillsItsTaskAndNotItsWorker() {
    TaskType<Word, String> type =
        TaskType.of("word.repeat", Word.class, String.class)
            .with(options -> options.withQueue(queue));
    fixture.queue(queue, "word.repeat");
    fixture.started(
        fixture
            .engine(queue)
            .register(
                Registration.blocking(
                    type, Lane.THREADS, (word, context) -> Verdict.done("x".repeat(2_000_000)))));

    OutcomeEvent outcome = onlyOutcomeOf(fixture.send(queue, "word.repeat", "{\"text\":\"x\"}"));

    assertThat(outcome.failure()).extracting(Failure::type).isEqualTo(Failure.RESULT_TOO_LARGE);
  }

  @Test
  void whatAnAttemptSubmitsIsPublishedUnderADerivedId() {
    TaskType<Word, Length> type = measure();
    run(
        (word, context) -> {
          if (!word.text().isEmpty()) {
            context.submit(type, new Word(word.text().substring(1)));
          }
          return Verdict.done(new Length(word.text().length()));
        });

    TaskId first = fixture.send(queue, "word.measure", "{\"text\":\"ab\"}");
    TaskId second = TaskId.derived(first, 1, "submit/1");
    TaskId third = TaskId.derived(second, 1, "submit/1");

    OutcomeEvent last = onlyOutcomeOf(third);
    assertThat(last.result()).hasToString("{\"letters\":0}");
    assertThat(last.lineage().root()).isEqualTo(first);
    assertThat(last.lineage().parent()).isEqualTo(second);
  }

  @Test
  void aChunkIsManyTasksWithAnOutcomeEach() throws Exception {
    run(
        (word, context) -> {
          if (word.text().equals("bad")) {
            throw new RejectedTask("bad word");
          }
          return Verdict.done(new Length(word.text().length()));
        });
    List<TaskMessage> tasks = new ArrayList<>();
    for (String text : List.of("one", "bad", "three")) {
      tasks.add(
          TaskMessage.of(
              TaskId.next(),
              "word.measure",
              queue,
              JsonText.of("{\"text\":\"" + text + "\"}"),
              Instant.now()));
    }
    WireTask chunk = ChunkCodec.write(new TaskWriter("test"), tasks);
    assertThat(
            fixture
                .publisher()
                .publish(
                    Outgoing.task(TopologyNames.TASKS, queue + ".word.measure", chunk),
                    Duration.ofSeconds(10))
                .join())
        .isInstanceOf(PublishResult.Confirmed.class);

    assertThat(onlyOutcomeOf(tasks.get(0).id()).result()).hasToString("{\"letters\":3}");
    assertThat(onlyOutcomeOf(tasks.get(1).id()).status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(onlyOutcomeOf(tasks.get(2).id()).result()).hasToString("{\"letters\":5}");
    awaitEmptyQueue();
  }

  @Test
  void aDrainFinishesWhatRunsAndReturnsTheRest() throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    fixture.queue(queue, "word.measure");
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engine(queue)
                .register(
                    Registration.blocking(
                        measure(),
                        Lane.THREADS,
                        (word, context) -> {
                          started.countDown();
                          release.await();
                          return Verdict.done(new Length(1));
                        })));
    for (int i = 0; i < 10; i++) {
      fixture.send(queue, "word.measure", "{\"text\":\"\"}");
    }
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    await().atMost(Duration.ofSeconds(10)).until(() -> engine.state().waiting() == 8);

    Thread.ofVirtual()
        .start(
            () -> {
              await().until(() -> engine.state().draining() && engine.state().waiting() == 0);
              release.countDown();
            });
    DrainReport report = engine.drain(Duration.ofSeconds(20));
    engine.close();

    assertThat(report.returned()).isEqualTo(8);
    assertThat(report.interrupted()).isZero();
    await().until(() -> fixture.outcomes.size() == 2);
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      assertThat(channel.messageCount(TopologyNames.work(queue))).isEqualTo(8);
    }
  }

  @Test
  void whatOutlastsTheGraceIsInterruptedAndReturned() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    DeliveryEngine engine =
        run(
            (word, context) -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException stopped) {
                interrupted.countDown();
                throw stopped;
              }
              return Verdict.done(new Length(1));
            });
    TaskId task = fixture.send(queue, "word.measure", "{\"text\":\"\"}");
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();

    DrainReport report = engine.drain(Duration.ofMillis(100));
    engine.close();

    assertThat(report.interrupted()).isEqualTo(1);
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(outcomesOf(task)).isEmpty();
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      // The broker's count lags.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> channel.messageCount(TopologyNames.work(queue)) == 1);
    }
  }

  @Test
  void theHeadersOfALaterAttemptCarryItsHistory() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(1);
    run(
        (word, context) -> {
          if (runs.incrementAndGet() == 1) {
            return Verdict.retryAfter(Duration.ofSeconds(1), Failure.of("Busy", "come back later"));
          }
          second.countDown();
          return Verdict.reject(Failure.of("Enough", "that was it"));
        });
    Instant before = Instant.now();
    fixture.send(queue, "word.measure", "{\"text\":\"\"}");

    assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofSeconds(1));
    Map<String, Object> headers = deadLetter().getProps().getHeaders();
    assertThat(headers).containsKeys(Headers.FIRST_ATTEMPT_AT, Headers.DEAD_AT, Headers.ATTEMPT);
    assertThat(headers.keySet()).noneMatch(name -> name.startsWith("x-death"));
  }
}
