package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RabbitMq
class CancellingTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final String TYPE = "word.hold";
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Word(String text) {}

  private final VirtualHost host;
  private final String queue = "c" + QUEUES.incrementAndGet();
  private final Set<TaskId> started = ConcurrentHashMap.newKeySet();
  private final CountDownLatch released = new CountDownLatch(1);
  private EngineFixture fixture;

  CancellingTest(VirtualHost host) {
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

  private DeliveryEngine run(Lane lane, TaskHandler<Word, Word> handler) {
    return fixture.started(engine(lane, handler));
  }

  private DeliveryEngine.Builder engine(Lane lane, TaskHandler<Word, Word> handler) {
    TaskType<Word, Word> type =
        TaskType.of(TYPE, Word.class, Word.class)
            .with(
                options ->
                    options
                        .withQueue(queue)
                        .withRetry(
                            new RetryPolicy(
                                5, Duration.ofSeconds(2), 1, Duration.ofSeconds(2), false)));
    return fixture
        .engine(queue)
        .register(
            Registration.blocking(
                type,
                lane,
                (word, context) -> {
                  started.add(context.id());
                  return handler.handle(word, context);
                }));
  }

  private DeliveryEngine holding(Lane lane) {
    return run(
        lane,
        (word, context) -> {
          released.await();
          return Verdict.done(word);
        });
  }

  private TaskId send() {
    return fixture.send(queue, TYPE, "{\"text\":\"hare\"}");
  }

  private void cancel(TaskId task) {
    cancel(new Cancellation.OfTask(task, Cancellation.EVERY_GENERATION, Instant.now(), "test"));
  }

  private void cancel(Cancellation entry) {
    PublishResult result =
        fixture
            .publisher()
            .publish(
                new Outgoing(
                    TopologyNames.CANCELLATIONS,
                    "",
                    CancellationCodec.properties(entry, "test"),
                    CancellationCodec.write(entry),
                    true),
                AMPLE)
            .join();
    assertThat(result).isEqualTo(PublishResult.CONFIRMED);
  }

  private void publish(Outgoing message) {
    assertThat(fixture.publisher().publish(message, AMPLE).join())
        .isEqualTo(PublishResult.CONFIRMED);
  }

  private List<OutcomeEvent> outcomesOf(TaskId task) {
    return fixture.outcomes.stream().filter(event -> event.task().equals(task)).toList();
  }

  private OutcomeEvent outcomeOf(TaskId task) {
    await().atMost(AMPLE).until(() -> !outcomesOf(task).isEmpty());
    assertThat(outcomesOf(task)).hasSize(1);
    return outcomesOf(task).getFirst();
  }

  private void awaitNothingHeld(DeliveryEngine engine) {
    await()
        .atMost(AMPLE)
        .until(
            () ->
                engine.state().queues().stream().allMatch(each -> each.unacknowledged() == 0)
                    && host.readyCount(TopologyNames.work(queue)) == 0);
  }

  @Test
  void aTaskThatWasCancelledBeforeTheWorkerStartedIsNotRun() {
    TaskId cancelled = send();
    TaskId other = send();
    cancel(cancelled);
    released.countDown();

    DeliveryEngine engine = holding(Lane.VIRTUAL);

    OutcomeEvent outcome = outcomeOf(cancelled);
    assertThat(outcome.status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(outcome.startedAt()).isNull();
    assertThat(outcome.lane()).isEmpty();
    assertThat(outcomeOf(other).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(started).containsOnly(other);
    awaitNothingHeld(engine);
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"THREADS", "VIRTUAL"})
  void whatRunsIsToldToStopAndInterruptedAndNotTriedAgain(Lane lane) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    CompletableFuture<Boolean> seen = new CompletableFuture<>();
    DeliveryEngine engine =
        run(
            lane,
            (word, context) -> {
              context.onCancel(() -> told.complete(true));
              try {
                released.await();
              } catch (InterruptedException interrupted) {
                seen.complete(context.cancelled());
                throw interrupted;
              }
              return Verdict.done(word);
            });
    TaskId task = send();
    await().atMost(AMPLE).until(() -> started.contains(task));

    cancel(task);

    OutcomeEvent outcome = outcomeOf(task);
    assertThat(outcome.status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(outcome.startedAt()).isNotNull();
    assertThat(outcome.attempt()).isEqualTo(1);
    assertThat(told).isCompletedWithValue(true);
    assertThat(seen).isCompletedWithValue(true);
    awaitNothingHeld(engine);
    assertThat(host.readyCount(TopologyNames.dead(queue))).isZero();
  }

  @Test
  void whatIsDoneAllTheSameHasSucceeded() {
    DeliveryEngine engine =
        run(
            Lane.VIRTUAL,
            (word, context) -> {
              CountDownLatch asked = new CountDownLatch(1);
              context.onCancel(asked::countDown);
              try {
                asked.await();
              } catch (InterruptedException ignored) {
                // Finishes what it has begun, as a careful handler may.
                assertThat(context.cancelled()).isTrue();
              }
              return Verdict.done(word);
            });
    TaskId task = send();
    await().atMost(AMPLE).until(() -> started.contains(task));

    cancel(task);

    assertThat(outcomeOf(task).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    awaitNothingHeld(engine);
  }

  @Test
  void aTaskThatIsRejectedAfterItWasCancelledLeavesNoDeadLetter() {
    run(
        Lane.VIRTUAL,
        (word, context) -> {
          CountDownLatch asked = new CountDownLatch(1);
          context.onCancel(asked::countDown);
          try {
            asked.await();
          } catch (InterruptedException ignored) {
            assertThat(context.cancelled()).isTrue();
          }
          return Verdict.reject(Failure.of("Stopped", "told to"));
        });
    TaskId task = send();
    await().atMost(AMPLE).until(() -> started.contains(task));

    cancel(task);

    assertThat(outcomeOf(task).status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(host.readyCount(TopologyNames.dead(queue))).isZero();
  }

  @Test
  void whatWaitsForAThreadEndsWithoutOne() {
    holding(Lane.THREADS);
    TaskId first = send();
    TaskId second = send();
    await().atMost(AMPLE).until(() -> started.containsAll(Set.of(first, second)));
    TaskId third = send();
    TaskId fourth = send();

    cancel(third);

    assertThat(outcomeOf(third).status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(started).doesNotContain(third, fourth);
    assertThat(outcomesOf(first)).isEmpty();
    released.countDown();
    assertThat(outcomeOf(fourth).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(outcomesOf(third)).hasSize(1);
  }

  @Test
  void aDelayedTaskIsCancelledWhenItSurfaces() {
    holding(Lane.VIRTUAL);
    Instant now = Instant.now();
    TaskMessage task =
        TaskMessage.of(TaskId.next(), TYPE, queue, JsonText.of("{\"text\":\"hare\"}"), now);
    DelayRoute route = DelayRoute.of(Duration.ofSeconds(3), queue, TYPE);
    publish(
        Outgoing.task(route.exchange(), route.routingKey(), new TaskWriter("test").write(task)));

    cancel(task.id());

    OutcomeEvent outcome = outcomeOf(task.id());
    assertThat(outcome.status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(outcome.endedAt()).isAfter(now.plusSeconds(2));
    assertThat(started).isEmpty();
  }

  @Test
  void aTaskThatWaitsForItsRetryHasNoFurtherAttempt() {
    AtomicInteger attempts = new AtomicInteger();
    run(
        Lane.VIRTUAL,
        (word, context) -> {
          attempts.incrementAndGet();
          return Verdict.retry(Failure.of("Again", "later"));
        });
    TaskId task = send();
    await().atMost(AMPLE).until(() -> attempts.get() == 1);

    cancel(task);

    OutcomeEvent outcome = outcomeOf(task);
    assertThat(outcome.status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(outcome.startedAt()).isNull();
    assertThat(attempts).hasValue(1);
  }

  @Test
  void oneTaskOfAChunkIsCancelledAndItsNeighboursRun() {
    List<TaskMessage> tasks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tasks.add(
          TaskMessage.of(
              TaskId.next(), TYPE, queue, JsonText.of("{\"text\":\"hare\"}"), Instant.now()));
    }
    cancel(tasks.get(1).id());
    released.countDown();
    DeliveryEngine engine = holding(Lane.VIRTUAL);
    publish(
        Outgoing.task(
            TopologyNames.TASKS,
            queue + "." + TYPE,
            ChunkCodec.write(new TaskWriter("test"), tasks)));

    assertThat(outcomeOf(tasks.get(0).id()).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(outcomeOf(tasks.get(1).id()).status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(outcomeOf(tasks.get(2).id()).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    awaitNothingHeld(engine);
  }

  @Test
  void aBatchOfThousandsEndsWithOneEntry() throws Exception {
    int members = 5_000;
    String batch = UUID.randomUUID().toString();
    CountDownLatch running = new CountDownLatch(2);
    DeliveryEngine engine =
        run(
            Lane.THREADS,
            (word, context) -> {
              running.countDown();
              released.await();
              return Verdict.done(word);
            });
    TaskWriter writer = new TaskWriter("test");
    List<CompletableFuture<PublishResult>> confirms = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      TaskId id = TaskId.next();
      TaskMessage task =
          TaskMessage.of(id, TYPE, queue, JsonText.of("{\"text\":\"hare\"}"), Instant.now())
              .withLineage(Lineage.of(id).withBatch(batch, i));
      confirms.add(
          fixture
              .publisher()
              .publish(
                  Outgoing.task(TopologyNames.TASKS, queue + "." + TYPE, writer.write(task)),
                  AMPLE));
    }
    assertThat(confirms).allMatch(each -> each.join() instanceof PublishResult.Confirmed);
    TaskId stranger = send();
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

    cancel(new Cancellation.OfBatch(batch, Instant.now(), "test"));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                fixture.outcomes.stream()
                        .filter(event -> batch.equals(event.lineage().batch()))
                        .map(OutcomeEvent::task)
                        .distinct()
                        .count()
                    == members);
    assertThat(fixture.outcomes)
        .filteredOn(event -> batch.equals(event.lineage().batch()))
        .allMatch(event -> event.status() == Outcome.Status.CANCELLED);
    assertThat(started).hasSizeBetween(2, 4);
    released.countDown();
    assertThat(outcomeOf(stranger).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    awaitNothingHeld(engine);
  }

  @Test
  void anUnknownIdAndATaskThatHasEndedAreLeftAlone() {
    released.countDown();
    holding(Lane.VIRTUAL);
    TaskId ended = send();
    assertThat(outcomeOf(ended).status()).isEqualTo(Outcome.Status.SUCCEEDED);

    cancel(TaskId.next());
    cancel(ended);
    cancel(ended);

    assertThat(outcomeOf(send()).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(outcomesOf(ended)).hasSize(1);
  }

  @Test
  void aWorkerThatCannotReadTheCancellationsWaitsAndSaysWhy() {
    TaskId task = send();
    released.countDown();
    host.deleteQueue(TopologyNames.CANCELLATIONS);

    DeliveryEngine engine = holding(Lane.VIRTUAL);

    await()
        .atMost(AMPLE)
        .until(
            () ->
                engine.state().queues().stream()
                    .allMatch(each -> each.detail().contains("warren.cancellations")));
    assertThat(engine.state().ready()).isFalse();
    assertThat(started).isEmpty();
    fixture.declarer.apply(Topology.fleet());
    assertThat(outcomeOf(task).status()).isEqualTo(Outcome.Status.SUCCEEDED);
  }

  @Test
  void aCancellationIsHeardAfterTheConnectionWasLost() {
    DeliveryEngine engine = holding(Lane.VIRTUAL);
    TaskId task = send();
    await().atMost(AMPLE).until(() -> started.contains(task));

    host.closeConnections(fixture.connections.process().text() + " cancellations");
    cancel(task);

    assertThat(outcomeOf(task).status()).isEqualTo(Outcome.Status.CANCELLED);
    awaitNothingHeld(engine);
  }

  @Test
  void aWorkerThatHearsNoCancellationsForLongTakesNoMoreTasksAndEndsWhatItHas() {
    DeliveryEngine engine =
        fixture.started(
            engine(
                    Lane.VIRTUAL,
                    (word, context) -> {
                      released.await();
                      return Verdict.done(word);
                    })
                .patience(Duration.ofMillis(100)));
    TaskId before = send();
    await().atMost(AMPLE).until(() -> started.contains(before));

    host.deleteQueue(TopologyNames.CANCELLATIONS);
    await().atMost(AMPLE).until(() -> !engine.state().ready());
    TaskId after = send();
    released.countDown();

    assertThat(outcomeOf(before).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    await()
        .atMost(AMPLE)
        .until(() -> engine.state().queues().getFirst().detail().contains("warren.cancellations"));
    assertThat(started).doesNotContain(after);
    fixture.declarer.apply(Topology.fleet());
    assertThat(outcomeOf(after).status()).isEqualTo(Outcome.Status.SUCCEEDED);
  }
}
