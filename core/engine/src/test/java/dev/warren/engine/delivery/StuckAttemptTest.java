package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.health.Health;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.engine.wire.TaskTerms;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attempts that go on after they were told to stop. */
@RabbitMq
class StuckAttemptTest {
  record Word(String text) {}

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final AtomicInteger QUEUES = new AtomicInteger();

  private final VirtualHost host;
  private final String queue = "stuck" + QUEUES.incrementAndGet();
  private final CountDownLatch release = new CountDownLatch(1);
  private EngineFixture fixture;

  StuckAttemptTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
  }

  @AfterEach
  void close() throws Exception {
    release.countDown();
    fixture.close();
  }

  private DeliveryEngine run(
      UnaryOperator<TaskOptions> options, TaskHandler<Word, String> handler) {
    TaskType<Word, String> type =
        TaskType.of("word.hold", Word.class, String.class)
            .with(
                of ->
                    options.apply(
                        of.withQueue(queue)
                            .withRetry(
                                new RetryPolicy(
                                    2, Duration.ofMillis(1), 1, Duration.ofMillis(1), false))));
    fixture.queue(queue, "word.hold");
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engineWithGrace(Duration.ofMillis(200), queue)
                .register(Registration.blocking(type, Lane.THREADS, handler)));
    await().atMost(LIMIT).until(() -> engine.state().ready());
    return engine;
  }

  /** Goes on for as long as the test wants, whatever it is told. */
  private void holdOut() {
    boolean interrupted = false;
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException ignored) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private TaskId send(String text, @Nullable Duration limit) {
    TaskMessage task =
        TaskMessage.of(
                TaskId.next(),
                "word.hold",
                queue,
                JsonText.of("{\"text\":\"" + text + "\"}"),
                Instant.now())
            .withTerms(new TaskTerms(Priority.NORMAL, null, null, limit, null, null));
    fixture.send(task);
    return task.id();
  }

  private OutcomeEvent outcomeOf(TaskId task) {
    await()
        .atMost(LIMIT)
        .until(() -> fixture.outcomes.stream().anyMatch(event -> event.task().equals(task)));
    assertThat(fixture.outcomes).filteredOn(event -> event.task().equals(task)).hasSize(1);
    return fixture.outcomes.stream()
        .filter(event -> event.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anActionOnCancelThatBlocksHoldsUpNothingElse() {
    var unused =
        run(
            of -> of.withRetry(RetryPolicy.NONE),
            (word, context) -> {
              if (word.text().equals("blocks")) {
                context.onCancel(this::holdOut);
              }
              holdOut();
              return Verdict.done("too late");
            });

    TaskId blocks = send("blocks", Duration.ofMillis(100));
    TaskId other = send("other", Duration.ofMillis(400));

    assertThat(outcomeOf(blocks).status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(outcomeOf(other).status()).isEqualTo(Outcome.Status.DEAD);
  }

  @Test
  void isSettledAsAFailedAttemptWithItsStackAndShownUntilItEnds() {
    DeliveryEngine engine =
        run(
            of -> of.withRetry(RetryPolicy.NONE),
            (word, context) -> {
              holdOut();
              return Verdict.done("too late");
            });

    TaskId task = send("", Duration.ofMillis(100));
    OutcomeEvent outcome = outcomeOf(task);

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
    Failure failure = Objects.requireNonNull(outcome.failure());
    assertThat(failure.type()).isEqualTo(Failure.TIME_LIMIT);
    assertThat(failure.message())
        .contains("ran longer than its time limit", "did not end within 200ms", "still runs on");
    assertThat(failure.stack()).contains("StuckAttemptTest.holdOut");
    assertThat(engine.state().stuck())
        .singleElement()
        .satisfies(
            stuck -> {
              assertThat(stuck.task()).isEqualTo(task);
              assertThat(stuck.state()).isEqualTo(HeldTask.State.STUCK);
            });
    assertThat(engine.find(task)).map(HeldTask::state).hasValue(HeldTask.State.STUCK);
    assertThat(Health.of("p", engine.state()).json().path("stuck").path(0).path("task").asText())
        .isEqualTo(task.toString());
    assertThat(engine.state().running()).isZero();

    release.countDown();
    await().atMost(LIMIT).until(() -> engine.state().stuck().isEmpty());
    assertThat(fixture.outcomes).hasSize(1);
  }

  @Test
  void itsRetryWaitsElsewhereUntilItHasEnded() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    run(
        of -> of,
        (word, context) -> {
          if (attempts.incrementAndGet() == 1) {
            holdOut();
          }
          return Verdict.done("attempt " + context.attempt());
        });

    TaskId task = send("", Duration.ofMillis(100));
    await()
        .atMost(LIMIT)
        .until(
            () ->
                fixture.retrying.stream()
                    .anyMatch(told -> told.reason() == TaskRetrying.Reason.PARKED));
    assertThat(attempts).hasValue(1);
    release.countDown();

    OutcomeEvent outcome = outcomeOf(task);
    assertThat(outcome.result()).hasToString("\"attempt 2\"");
    assertThat(fixture.retrying)
        .filteredOn(told -> told.reason() == TaskRetrying.Reason.PARKED)
        .allSatisfy(
            told -> {
              assertThat(told.attempt()).isEqualTo(2);
              assertThat(Objects.requireNonNull(told.failure()).message())
                  .contains("still runs on");
            });
  }

  @Test
  void itsRetryStartsBesideItWhereTheTypeAllowsThat() {
    AtomicInteger attempts = new AtomicInteger();
    DeliveryEngine engine =
        run(
            of -> of.withOverlapSafe(true),
            (word, context) -> {
              if (attempts.incrementAndGet() == 1) {
                holdOut();
              }
              return Verdict.done("attempt " + context.attempt());
            });

    OutcomeEvent outcome = outcomeOf(send("", Duration.ofMillis(100)));

    assertThat(outcome.result()).hasToString("\"attempt 2\"");
    assertThat(engine.state().stuck()).hasSize(1);
  }

  @Test
  void slotsAreReplacedUntilAsManyAreStuckAsTheLaneRunsAtOnce() {
    DeliveryEngine engine =
        run(
            of -> of.withRetry(RetryPolicy.NONE),
            (word, context) -> {
              if (word.text().equals("stuck")) {
                holdOut();
              }
              return Verdict.done(word.text());
            });

    outcomeOf(send("stuck", Duration.ofMillis(50)));
    assertThat(engine.state().ready()).isTrue();
    outcomeOf(send("stuck", Duration.ofMillis(50)));
    outcomeOf(send("stuck", Duration.ofMillis(50)));

    assertThat(engine.state().ready()).isFalse();
    assertThat(Health.of("p", engine.state()).reason())
        .isEqualTo(
            "lane threads: 3 attempts do not end although they were told to stop; restart this process");
    assertThat(outcomeOf(send("good", null)).result()).hasToString("\"good\"");
    release.countDown();
    await().atMost(LIMIT).until(() -> engine.state().ready());
    assertThat(outcomeOf(send("good", null)).result()).hasToString("\"good\"");
  }

  @Test
  void aCancelledTaskThatDoesNotEndIsGivenUpToo() {
    CountDownLatch begun = new CountDownLatch(1);
    DeliveryEngine engine =
        run(
            of -> of,
            (word, context) -> {
              begun.countDown();
              holdOut();
              return Verdict.done("too late");
            });
    TaskId task = send("", null);
    await().atMost(LIMIT).until(() -> begun.getCount() == 0);

    Cancellation entry =
        new Cancellation.OfTask(task, Cancellation.EVERY_GENERATION, Instant.now(), "test");
    host.publish(
        TopologyNames.CANCELLATIONS,
        "",
        CancellationCodec.properties(entry, "test"),
        CancellationCodec.write(entry).bytes());

    assertThat(outcomeOf(task).status()).isEqualTo(Outcome.Status.CANCELLED);
    assertThat(engine.state().stuck()).hasSize(1);
  }

  @Test
  void anErrorThatNoRetryMendsIsDeadAtOnceAndSoAreItsSubclasses() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    run(
        of -> of.withoutRetryOf(IOException.class),
        (word, context) -> {
          attempts.incrementAndGet();
          throw new java.io.FileNotFoundException("no such page");
        });

    OutcomeEvent outcome = outcomeOf(send("", null));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(Objects.requireNonNull(outcome.failure()).type())
        .isEqualTo("java.io.FileNotFoundException");
    assertThat(attempts).hasValue(1);
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      GetResponse letter = channel.basicGet(TopologyNames.dead(queue), true);
      assertThat(letter.getProps().getHeaders()).containsKey(Headers.DEAD_REASON);
    }
  }
}
