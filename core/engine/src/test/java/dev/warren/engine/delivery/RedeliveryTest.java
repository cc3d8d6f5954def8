package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.settle.CrashNote;
import dev.warren.engine.settle.Execution;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that come again: duplicates of what is settled, and suspects. */
@RabbitMq
class RedeliveryTest {
  record Word(String text) {}

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final AtomicInteger QUEUES = new AtomicInteger();

  private final VirtualHost host;
  private final String queue = "again" + QUEUES.incrementAndGet();
  private final Queue<String> runs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger duplicates = new AtomicInteger();
  private EngineFixture fixture;
  private CountDownLatch blocked = new CountDownLatch(1);
  private CountDownLatch release = new CountDownLatch(1);

  RedeliveryTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(queue, "word.run");
  }

  @AfterEach
  void close() throws Exception {
    release.countDown();
    fixture.close();
  }

  /** An engine that holds so many deliveries at once; a task "block" waits until it is released. */
  private DeliveryEngine start(
      int prefetch, Set<CrashNote> suspects, TaskHandler<Word, String> handler) {
    TaskType<Word, String> type =
        TaskType.of("word.run", Word.class, String.class).with(of -> of.withQueue(queue));
    DeliveryEngine engine =
        fixture.started(
            DeliveryEngine.builder(
                    fixture.connections,
                    new EngineSettings(
                        ProcessName.of("test-worker"),
                        List.of(queue),
                        Map.of(queue, prefetch),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(30)))
                .lane(fixture.lane(Lane.VIRTUAL, 20))
                .preparation(
                    (name, types) ->
                        fixture.declarer.establish(
                            TopologyMode.APPLY, Map.of(name, Set.copyOf(types))))
                .suspects(suspects)
                .listener(
                    new EngineListener() {
                      @Override
                      public void duplicate(String from, String of) {
                        duplicates.incrementAndGet();
                      }
                    })
                .register(
                    Registration.blocking(
                        type,
                        Lane.VIRTUAL,
                        (word, context) -> {
                          if (word.text().equals("block")) {
                            blocked.countDown();
                            release.await();
                            return Verdict.done("released");
                          }
                          runs.add(word.text());
                          return handler.handle(word, context);
                        })));
    await().atMost(LIMIT).until(() -> engine.state().ready());
    return engine;
  }

  private TaskMessage task(String text) {
    return TaskMessage.of(
        TaskId.next(),
        "word.run",
        queue,
        JsonText.of("{\"text\":\"" + text + "\"}"),
        Instant.now());
  }

  /** Keeps an engine with a prefetch of 1 from taking anything else. */
  private void block() throws Exception {
    blocked = new CountDownLatch(1);
    release = new CountDownLatch(1);
    fixture.send(task("block"));
    await().atMost(LIMIT).until(() -> blocked.getCount() == 0);
  }

  /** Takes the only waiting message as a worker would that then ends, so that it comes again. */
  private void takeAndLose() throws Exception {
    try (Connection connection = host.connect("loser");
        Channel channel = connection.createChannel()) {
      String work = TopologyNames.work(queue);
      await().atMost(LIMIT).until(() -> channel.basicGet(work, false) != null);
    }
  }

  private OutcomeEvent outcomeOf(TaskMessage task) {
    await()
        .atMost(LIMIT)
        .until(() -> fixture.outcomes.stream().anyMatch(one -> one.task().equals(task.id())));
    return fixture.outcomes.stream()
        .filter(one -> one.task().equals(task.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsSettledIsNotRunAgainWhenItComesAgain() throws Exception {
    start(1, Set.of(), (word, context) -> Verdict.done("done"));
    TaskMessage task = task("once");
    fixture.send(task);
    outcomeOf(task);

    block();
    fixture.send(task);
    takeAndLose();
    release.countDown();

    await().atMost(LIMIT).until(() -> duplicates.get() == 1);
    TaskMessage next = task("next");
    fixture.send(next);
    outcomeOf(next);
    assertThat(runs).containsExactly("once", "next");
    assertThat(fixture.outcomes).filteredOn(one -> one.task().equals(task.id())).hasSize(1);
  }

  @Test
  void whatWasSentOnItsWayWithTheSameAttemptIsNoDuplicate() throws Exception {
    start(
        1,
        Set.of(),
        (word, context) ->
            runs.size() == 1 ? Verdict.snooze(Duration.ofSeconds(2)) : Verdict.done("done"));
    TaskMessage task = task("snoozes");
    fixture.send(task);
    await().atMost(LIMIT).until(() -> !fixture.retrying.isEmpty());

    block();
    takeAndLose();
    release.countDown();

    assertThat(outcomeOf(task).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    assertThat(runs).containsExactly("snoozes", "snoozes");
    assertThat(duplicates).hasValue(0);
  }

  @Test
  void aSuspectRunsWithNothingBesideItAndItsNeighboursGoOnAfterwards() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger company = new AtomicInteger(-1);
    TaskMessage suspect = task("suspect");
    CountDownLatch filled = new CountDownLatch(10);
    start(
        20,
        Set.of(new CrashNote(Execution.of(suspect), OptionalInt.empty())),
        (word, context) -> {
          int now = running.incrementAndGet();
          if (word.text().equals("suspect")) {
            company.set(now - 1);
          }
          filled.countDown();
          new CountDownLatch(1).await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
          if (word.text().equals("suspect")) {
            company.accumulateAndGet(running.get() - 1, Math::max);
          }
          running.decrementAndGet();
          return Verdict.done("attempt " + context.attempt());
        });
    // All twenty places of the prefetch, so that the suspect waits in the queue to be lost.
    block();
    for (int i = 0; i < 19; i++) {
      fixture.send(task("block"));
    }
    fixture.send(suspect);
    takeAndLose();
    for (int i = 0; i < 100; i++) {
      fixture.send(task("neighbour"));
    }
    release.countDown();

    assertThat(outcomeOf(suspect).result()).hasToString("\"attempt 1\"");
    await().atMost(LIMIT).until(() -> fixture.outcomes.size() == 121);
    assertThat(company).hasValue(0);
    assertThat(runs).hasSize(101);
    assertThat(fixture.outcomes)
        .allMatch(one -> one.attempt() == 1)
        .allMatch(one -> one.status() == Outcome.Status.SUCCEEDED);
  }

  @Test
  void whatEndsAThirdWorkerAloneIsDeadWithTheReason() throws Exception {
    TaskMessage suspect = task("never").withOthers(Map.of(Headers.CRASHES, 2));
    start(
        1,
        Set.of(new CrashNote(Execution.of(suspect), OptionalInt.of(2))),
        (word, context) -> Verdict.done("done"));
    block();
    fixture.send(suspect);
    takeAndLose();
    release.countDown();

    OutcomeEvent outcome = outcomeOf(suspect);

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(Objects.requireNonNull(outcome.failure()).type()).isEqualTo(Failure.WORKER_CRASHED);
    assertThat(runs).isEmpty();
  }

  @Test
  void aSuspectThatWasOnlyHeldByAWorkerThatEndedIsNotCounted() throws Exception {
    start(1, Set.of(), (word, context) -> Verdict.done("done"));
    block();
    TaskMessage suspect = task("held").withOthers(Map.of(Headers.CRASHES, 2));
    fixture.send(suspect);
    takeAndLose();
    takeAndLose();
    release.countDown();

    assertThat(outcomeOf(suspect).status()).isEqualTo(Outcome.Status.SUCCEEDED);
  }

  @Test
  void aSuspectThatIsGivenBackInOrderIsNotCounted() throws Exception {
    DeliveryEngine engine = start(5, Set.of(), (word, context) -> Verdict.done("done"));
    TaskMessage running = task("block").withOthers(Map.of(Headers.CRASHES, 2));
    fixture.send(running);
    await().atMost(LIMIT).until(() -> blocked.getCount() == 0);

    engine.drain(Duration.ofMillis(100));
    engine.close();
    release.countDown();
    start(5, Set.of(), (word, context) -> Verdict.done("done"));

    assertThat(outcomeOf(running).result()).hasToString("\"released\"");
  }

  @Test
  void whileASuspectTakesLongOthersDoTheWork() throws Exception {
    DeliveryEngine first = start(20, Set.of(), (word, context) -> Verdict.done("done"));
    TaskMessage suspect = task("block").withOthers(Map.of(Headers.CRASHES, 0));
    fixture.send(suspect);
    await().atMost(LIMIT).until(() -> blocked.getCount() == 0);
    DeliveryEngine second = start(20, Set.of(), (word, context) -> Verdict.done("done"));

    for (int i = 0; i < 30; i++) {
      fixture.send(task("neighbour"));
    }

    await().atMost(LIMIT).until(() -> fixture.outcomes.size() == 30);
    assertThat(first.state().waiting() + second.state().waiting()).isZero();
    await()
        .atMost(LIMIT)
        .until(() -> first.state().queues().getFirst().detail().contains("a suspect runs"));
    release.countDown();
    assertThat(outcomeOf(suspect).result()).hasToString("\"released\"");
    await().atMost(LIMIT).until(() -> first.state().ready());
  }

  @Test
  void ofManySuspectsOneIsHeldAtATimeAndAllOfThemRun() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    start(
        200,
        Set.of(),
        (word, context) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          new CountDownLatch(1).await(5, java.util.concurrent.TimeUnit.MILLISECONDS);
          running.decrementAndGet();
          return Verdict.done("attempt " + context.attempt());
        });
    for (int i = 0; i < 50; i++) {
      fixture.send(task("suspect").withOthers(Map.of(Headers.CRASHES, 0)));
    }

    await().atMost(Duration.ofSeconds(60)).until(() -> fixture.outcomes.size() == 50);
    assertThat(most).hasValue(1);
    assertThat(fixture.outcomes).allMatch(one -> one.status() == Outcome.Status.SUCCEEDED);
  }
}
