package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.Failure;
import dev.warren.api.Json;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.EventPublisher;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.undertake.Undertaker;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.PastAttempt;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of tasks that end without a worker's word, and what their letters tell. */
@RabbitMq
class UndertakingTest {
  private static final String TYPE = "word.measure";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final VirtualHost host;
  private final String queue = "q" + System.nanoTime();
  private EngineFixture fixture;

  UndertakingTest(VirtualHost host) {
    this.host = host;
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

  /** An engine that serves another queue: the undertaker works for all. */
  private DeliveryEngine elsewhere() {
    return fixture.started(fixture.engine("elsewhere"));
  }

  private TaskMessage task() {
    return TaskMessage.of(TaskId.next(), TYPE, queue, JsonText.EMPTY_OBJECT, Instant.now());
  }

  /** Gives every delivery back until the broker has had enough. */
  private void giveBackUntilItIsGone() throws Exception {
    try (Connection connection = host.connect("quitter");
        Channel channel = connection.createChannel()) {
      channel.basicQos(1);
      channel.basicConsume(
          TopologyNames.work(queue),
          false,
          (tag, delivery) -> channel.basicReject(delivery.getEnvelope().getDeliveryTag(), true),
          tag -> {});
      await().atMost(LIMIT).until(() -> host.readyCount(TopologyNames.DEAD_INBOX) > 0);
    }
  }

  private void toTheInbox(WireTask message) {
    host.publish(
        TopologyNames.DEAD, "broker." + queue, message.properties(), message.body().bytes());
  }

  private List<DeadLetter> letters(int count) throws Exception {
    String dead = TopologyNames.dead(queue);
    List<DeadLetter> letters = new ArrayList<>();
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                for (GetResponse got = channel.basicGet(dead, true);
                    got != null;
                    got = channel.basicGet(dead, true)) {
                  letters.add(
                      DeadLetter.read(
                          dead, got.getEnvelope().getRoutingKey(), got.getProps(), got.getBody()));
                }
                return letters.size() >= count;
              });
    }
    return letters;
  }

  private List<OutcomeEvent> outcomesOf(TaskId task) {
    return fixture.outcomes.stream().filter(event -> event.task().equals(task)).toList();
  }

  private void awaitAnEmptyInbox() throws Exception {
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      await().atMost(LIMIT).until(() -> channel.messageCount(TopologyNames.DEAD_INBOX) == 0);
    }
  }

  @Test
  void aTaskThatTheBrokerGivesUpIsALetterWithItsStoryAndHasOneOutcome() throws Exception {
    Instant before = Instant.now();
    PastAttempt first =
        new PastAttempt(1, before, before, "worker@host", Failure.of("Broken", "it broke"));
    TaskMessage task = task().nextAttempt(first);
    fixture.send(task);
    giveBackUntilItIsGone();

    DeliveryEngine engine = elsewhere();

    DeadLetter letter = letters(1).getFirst();
    assertThat(letter.task()).map(TaskMessage::id).contains(task.id());
    assertThat(letter.failure().type()).isEqualTo(Failure.DELIVERY_LIMIT);
    assertThat(letter.failure().message()).contains(TopologyNames.work(queue));
    Instant died = Objects.requireNonNull(letter.diedAt());
    assertThat(died).isBetween(before.minusSeconds(1), Instant.now());
    assertThat(letter.attempts())
        .containsExactly(
            first, new PastAttempt(2, null, died, PastAttempt.BROKER, letter.failure()));
    assertThat(letter.properties().getHeaders().keySet())
        .noneMatch(name -> name.startsWith("x-death"));
    await().atMost(LIMIT).until(() -> !outcomesOf(task.id()).isEmpty());
    awaitAnEmptyInbox();
    await().atMost(LIMIT).until(() -> engine.undertaken() == 1);
    assertThat(outcomesOf(task.id()))
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
              assertThat(outcome.failure()).isEqualTo(letter.failure());
              assertThat(outcome.attempt()).isEqualTo(2);
              assertThat(outcome.worker()).startsWith("warren-test-worker@");
              assertThat(outcome.endedAt()).isEqualTo(died);
            });
  }

  @Test
  void everyTaskOfAChunkHasItsOwnLetterAndOutcome() throws Exception {
    List<TaskMessage> tasks = new ArrayList<>();
    for (long i = 0; i < 300; i++) {
      TaskId id = TaskId.next();
      tasks.add(
          TaskMessage.of(id, TYPE, queue, JsonText.of("{\"i\":" + i + "}"), Instant.now())
              .withLineage(Lineage.of(id).withBatch("batch", i)));
    }
    toTheInbox(ChunkCodec.write(new TaskWriter("test"), tasks));

    elsewhere();

    assertThat(letters(tasks.size()))
        .extracting(letter -> letter.task().orElseThrow().lineage().batchIndex())
        .containsExactlyInAnyOrderElementsOf(
            tasks.stream().map(task -> task.lineage().batchIndex()).toList());
    await().atMost(LIMIT).until(() -> fixture.outcomes.size() >= tasks.size());
    assertThat(fixture.outcomes)
        .extracting(OutcomeEvent::task)
        .containsExactlyInAnyOrderElementsOf(tasks.stream().map(TaskMessage::id).toList());
    awaitAnEmptyInbox();
  }

  @Test
  void whatIsNoTaskIsMovedAsItCameAndHoldsUpNothing() throws Exception {
    BasicProperties nonsense =
        new BasicProperties.Builder()
            .type("no type")
            .messageId("nobody")
            .headers(Map.of(Headers.ATTEMPT, "first", "theirs", "kept"))
            .build();
    host.publish(
        TopologyNames.DEAD, "broker." + queue, nonsense, "hello".getBytes(StandardCharsets.UTF_8));
    host.publish(TopologyNames.DEAD, "broker.", nonsense, new byte[] {1, 2, 3});
    host.publish(TopologyNames.DEAD, "broker.no-such-queue", nonsense, new byte[0]);
    TaskMessage after = task();
    toTheInbox(new TaskWriter("test").write(after));

    elsewhere();

    List<DeadLetter> letters = letters(2);
    assertThat(letters)
        .anySatisfy(
            letter -> {
              assertThat(letter.task()).isEmpty();
              assertThat(letter.body()).hasToString("hello");
              assertThat(letter.failure().type()).isEqualTo("DeadLettered");
              assertThat(letter.properties().getMessageId()).isEqualTo("nobody");
              assertThat(letter.properties().getHeaders())
                  .hasEntrySatisfying("theirs", kept -> assertThat(kept).hasToString("kept"));
            })
        .anySatisfy(letter -> assertThat(letter.task()).map(TaskMessage::id).contains(after.id()));
    awaitAnEmptyInbox();
    await().atMost(LIMIT).until(() -> host.readyCount(TopologyNames.UNROUTED) == 2);
  }

  @Test
  void anotherProcessTakesOverAndALostConnectionLosesNoLetter() throws Exception {
    Set<TaskId> sent = new HashSet<>();
    TaskWriter writer = new TaskWriter("test");
    DeliveryEngine first = elsewhere();
    elsewhere();
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 50; i++) {
        TaskMessage task = task();
        sent.add(task.id());
        toTheInbox(writer.write(task));
      }
      if (round == 1) {
        first.close();
      } else if (round > 1) {
        host.connections().stream()
            .filter(connection -> connection.clientName().endsWith(" consume"))
            .forEach(host::closeConnection);
      }
    }

    Set<TaskId> told = new HashSet<>();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              letters(0).forEach(letter -> told.add(letter.task().orElseThrow().id()));
              assertThat(told).isEqualTo(sent);
            });
    await().atMost(LIMIT).until(() -> sent.stream().noneMatch(task -> outcomesOf(task).isEmpty()));
    awaitAnEmptyInbox();
  }

  /**
   * RabbitMQ 3.10 takes the consumer along to the new queue, delivers to it, and it hears nothing.
   */
  @Test
  void itComesBackWhenTheInboxWasDeletedAndIsThereAgain() throws Exception {
    try (OwnUndertaker own = new OwnUndertaker()) {
      own.undertaker.start();
      own.channels.take();
      awaitAConsumer();
      host.deleteQueue(TopologyNames.DEAD_INBOX);
      fixture.declarer.apply(Topology.fleet());
      TaskMessage task = task();
      toTheInbox(new TaskWriter("test").write(task));

      assertThat(letters(1).getFirst().task()).map(TaskMessage::id).contains(task.id());
    }
  }

  @Test
  void itComesBackWhenTheBrokerForgetsItWithoutAWord() throws Exception {
    try (OwnUndertaker own = new OwnUndertaker()) {
      own.undertaker.start();
      Channel channel = own.channels.take();
      awaitAConsumer();
      channel.basicCancel(ConsumerTags.of(channel, "dead.inbox"));
      TaskMessage task = task();
      toTheInbox(new TaskWriter("test").write(task));

      assertThat(letters(1).getFirst().task()).map(TaskMessage::id).contains(task.id());
    }
  }

  /** One without an engine, which takes a new channel soon. */
  private final class OwnUndertaker implements AutoCloseable {
    final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();
    private final Connection connection = host.connect("undertaker");
    private final EventPublisher results =
        new EventPublisher(
            new EventPublisher.Settings("test-results", "test", LIMIT, LIMIT),
            fixture.publisher(),
            () -> false);
    final Undertaker undertaker =
        new Undertaker(
            this::channel,
            fixture.publisher(),
            results,
            new Undertaker.Settings(
                ProcessName.of("test"), LIMIT, Clock.systemUTC(), Duration.ofMillis(500)));

    OwnUndertaker() {}

    private Channel channel() {
      try {
        Channel channel = connection.createChannel();
        channels.add(channel);
        return channel;
      } catch (IOException lost) {
        throw new BrokerUnreachableException("lost", lost);
      }
    }

    @Override
    public void close() throws IOException {
      undertaker.close();
      results.close();
      connection.close();
    }
  }

  private void awaitAConsumer() throws Exception {
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      await().atMost(LIMIT).until(() -> channel.consumerCount(TopologyNames.DEAD_INBOX) > 0);
    }
  }

  @Test
  void aRetryKeepsPriorityForeignHeadersTraceAndHistory() throws Exception {
    TaskType<Json, Json> type =
        TaskType.of(TYPE, Json.class, Json.class)
            .with(
                options ->
                    options
                        .withQueue(queue)
                        .withRetry(
                            new RetryPolicy(
                                3, Duration.ofMillis(1), 1, Duration.ofMillis(1), false)));
    fixture.started(
        fixture
            .engine(queue)
            .register(
                Registration.blocking(
                    type,
                    Lane.VIRTUAL,
                    (arguments, context) -> {
                      if (context.attempt() == 1) {
                        return Verdict.retryAfter(
                            Duration.ofSeconds(1), Failure.of("Busy", "come back later"));
                      }
                      throw new IllegalStateException("attempt " + context.attempt());
                    })));
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    TaskMessage task =
        task()
            .withTerms(new TaskTerms(Priority.HIGH, null, null, Duration.ofMinutes(2), null, null))
            .withOthers(
                Map.of("traceparent", trace, "tracestate", "a=b", "theirs", 7, "warren-new", true));
    Instant before = Instant.now().minusMillis(1);
    fixture.send(task);

    DeadLetter letter = letters(1).getFirst();

    assertThat(letter.properties().getPriority()).isEqualTo(Priority.HIGH.level());
    Map<String, Object> headers = letter.properties().getHeaders();
    assertThat(headers.get("traceparent")).hasToString(trace);
    assertThat(headers.get("tracestate")).hasToString("a=b");
    assertThat(headers).containsEntry("theirs", 7).containsEntry("warren-new", true);
    TaskMessage last = letter.task().orElseThrow();
    assertThat(last.attempt()).isEqualTo(3);
    assertThat(last.terms()).isEqualTo(task.terms());
    assertThat(last.enqueuedAt()).isEqualTo(task.enqueuedAt().truncatedTo(ChronoUnit.SECONDS));
    assertThat(letter.attempts())
        .extracting(PastAttempt::attempt, past -> past.failure().message())
        .containsExactly(tuple(1, "come back later"), tuple(2, "attempt 2"), tuple(3, "attempt 3"));
    assertThat(letter.attempts())
        .allSatisfy(
            past -> {
              assertThat(past.worker()).startsWith("warren-test-worker@");
              assertThat(past.startedAt()).isBetween(before, Instant.now());
              assertThat(past.endedAt()).isBetween(past.startedAt(), Instant.now());
            });
    assertThat(letter.attempts().get(1).failure().type())
        .isEqualTo(IllegalStateException.class.getName());
    assertThat(letter.attempts().get(1).failure().stack()).contains("UndertakingTest");
    assertThat(letter.failure().stack())
        .startsWith(IllegalStateException.class.getName() + ": attempt 3");
  }
}
