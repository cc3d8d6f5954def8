package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the tasks of a chunk that its worker does not get to, on a real broker. */
@RabbitMq
class ChunkTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Word(String text) {}

  private final VirtualHost host;
  private final String queue = "chunks" + QUEUES.incrementAndGet();
  private final Queue<String> runs = new ConcurrentLinkedQueue<>();
  private final CountDownLatch blocked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger delivered = new AtomicInteger();
  private EngineFixture fixture;

  ChunkTest(VirtualHost host) {
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

  /** An engine that runs one task at a time; a task "block" waits until it is released. */
  private DeliveryEngine start(int prefetch) {
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
                .lane(fixture.lane(Lane.THREADS, 1))
                .preparation(
                    (name, types) ->
                        fixture.declarer.establish(
                            TopologyMode.APPLY, Map.of(name, Set.copyOf(types))))
                .listener(
                    new EngineListener() {
                      @Override
                      public void delivered(String from, String of, boolean redelivered) {
                        delivered.incrementAndGet();
                      }
                    })
                .register(
                    Registration.blocking(
                        type,
                        Lane.THREADS,
                        (word, context) -> {
                          runs.add(word.text());
                          if (word.text().equals("again") && context.attempt() == 1) {
                            return Verdict.retryAfter(Duration.ZERO, Failure.of("Busy", "again"));
                          }
                          if (word.text().equals("block")) {
                            blocked.countDown();
                            release.await();
                          }
                          return Verdict.done(word.text());
                        })));
    await().atMost(AMPLE).until(() -> engine.state().ready());
    return engine;
  }

  private void send(String... texts) {
    List<TaskMessage> tasks =
        Stream.of(texts)
            .map(
                text ->
                    TaskMessage.of(
                        TaskId.next(),
                        "word.run",
                        queue,
                        JsonText.of("{\"text\":\"" + text + "\"}"),
                        Instant.now()))
            .toList();
    assertThat(
            fixture
                .publisher()
                .publish(
                    Outgoing.task(
                        TopologyNames.TASKS,
                        queue + ".word.run",
                        ChunkCodec.write(new TaskWriter("test"), tasks)),
                    AMPLE)
                .join())
        .isInstanceOf(PublishResult.Confirmed.class);
  }

  @Test
  void whatAWorkerDoesNotGetToGoesToAnother() throws Exception {
    DeliveryEngine slow = start(1);
    send("block", "one", "two", "three");
    assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
    start(1);

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 3);
    assertThat(slow.state().running()).isEqualTo(1);
    assertThat(slow.state().waiting()).isZero();
    release.countDown();

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 4);
    assertThat(runs).containsExactly("block", "one", "two", "three");
    assertThat(fixture.outcomes)
        .as("no attempt used")
        .extracting(OutcomeEvent::attempt)
        .containsOnly(1);
    await().atMost(AMPLE).until(() -> slow.state().queues().getFirst().unacknowledged() == 0);
  }

  @Test
  void whatIsTriedAgainOfAChunkComesAlone() throws Exception {
    DeliveryEngine engine = start(1);
    send("one", "again", "two");

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 3);
    assertThat(runs).containsExactly("one", "again", "two", "again");
    assertThat(fixture.outcomes).extracting(OutcomeEvent::attempt).containsExactly(1, 1, 2);
    await().atMost(AMPLE).until(() -> engine.state().queues().getFirst().unacknowledged() == 0);
  }

  @Test
  void aChunkThatComesAgainIsRunAsSingleTasks() throws Exception {
    send("one", "two", "three");
    try (Connection connection = host.connect("loser");
        Channel channel = connection.createChannel()) {
      await().atMost(AMPLE).until(() -> channel.basicGet(TopologyNames.work(queue), false) != null);
    }
    start(1);

    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 3);
    assertThat(runs).containsExactlyInAnyOrder("one", "two", "three");
    assertThat(delivered).as("the chunk's three, and each on its own").hasValue(6);
  }

  @Test
  void aStopSendsWhatHasNotBegunBackInChunks() throws Exception {
    DeliveryEngine engine = start(2);
    send("block", "one", "two");
    send("three", "four");
    assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
    await().atMost(AMPLE).until(() -> engine.state().waiting() >= 2);
    Thread.ofVirtual()
        .start(
            () -> {
              await().until(() -> engine.state().draining() && engine.state().waiting() == 0);
              release.countDown();
            });

    DrainReport report = engine.drain(AMPLE);
    engine.close();

    assertThat(report.interrupted()).isZero();
    await().atMost(AMPLE).until(() -> fixture.outcomes.size() == 1);
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      await().atMost(AMPLE).until(() -> channel.messageCount(TopologyNames.work(queue)) == 2);
      for (int i = 0; i < 2; i++) {
        GetResponse chunk = channel.basicGet(TopologyNames.work(queue), false);
        assertThat(TaskReader.isChunk(chunk.getProps())).isTrue();
        assertThat(chunk.getEnvelope().isRedeliver()).as("then it would be split").isFalse();
        assertThat(new TaskReader(Clock.systemUTC()).read(queue, chunk.getProps(), chunk.getBody()))
            .extracting(task -> task.arguments().toString())
            .isIn(
                List.of("{\"text\":\"one\"}", "{\"text\":\"two\"}"),
                List.of("{\"text\":\"three\"}", "{\"text\":\"four\"}"));
      }
    }
  }
}
