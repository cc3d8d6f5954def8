package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.WireLimits;
import dev.warren.testkit.BrokerVersionAtLeast;
import dev.warren.testkit.BrokerVersionBelow;
import dev.warren.testkit.ConnectionView;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What strangers put into a work queue: each such message is dead with its reason, or refused, at
 * once and once; the connections stay, and good tasks go on.
 */
@RabbitMq
class BadInputTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TYPE = "word.check";
  private static final byte[] GOOD = "{\"text\":\"x\"}".getBytes(StandardCharsets.UTF_8);
  private static final int HUNDRED_MEGABYTES = 100 * 1024 * 1024;
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Word(String text) {}

  /** A message that is no task, and a word of the reason that its letter must give. */
  private record Bad(BasicProperties properties, JsonText body, String reason) {
    Bad(BasicProperties properties, byte[] body, String reason) {
      this(properties, JsonText.wrap(body), reason);
    }

    Bad(BasicProperties properties, String body, String reason) {
      this(properties, JsonText.of(body), reason);
    }
  }

  private final VirtualHost host;
  private final String queue = "bad" + QUEUES.incrementAndGet();
  private final AtomicInteger delivered = new AtomicInteger();
  private EngineFixture fixture;

  BadInputTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
    host.deleteQueue(TopologyNames.work(queue));
    host.deleteQueue(TopologyNames.dead(queue));
  }

  private DeliveryEngine run() {
    TaskType<Word, Integer> type =
        TaskType.of(TYPE, Word.class, Integer.class)
            .with(
                options ->
                    options
                        .withQueue(queue)
                        .withRetry(
                            new RetryPolicy(
                                3, Duration.ofMillis(1), 1, Duration.ofMillis(1), false)));
    DeliveryEngine engine =
        fixture.started(
            fixture
                .engine(queue)
                .listener(
                    new EngineListener() {
                      @Override
                      public void delivered(String from, String of, boolean redelivered) {
                        delivered.incrementAndGet();
                      }
                    })
                .register(
                    Registration.blocking(type, Lane.VIRTUAL, (word, context) -> Verdict.done(1))));
    await().atMost(LIMIT).until(() -> engine.state().ready());
    return engine;
  }

  private static BasicProperties properties(UnaryOperator<BasicProperties.Builder> more) {
    return more.apply(
            new BasicProperties.Builder()
                .type(TYPE)
                .messageId(TaskId.next().toString())
                .deliveryMode(2))
        .build();
  }

  private static BasicProperties header(String name, Object value) {
    return properties(builder -> builder.headers(Map.of(name, value)));
  }

  private void publish(BasicProperties properties, byte[] body) {
    host.publish(TopologyNames.TASKS, queue + "." + TYPE, properties, body);
  }

  /** The broker's names of the engine's connections: those of others than the test itself. */
  private Set<String> connections() {
    return host.connections().stream()
        .filter(connection -> connection.clientName().startsWith("warren-test"))
        .map(ConnectionView::name)
        .collect(Collectors.toSet());
  }

  private void requireThatGoodTasksRun() {
    TaskId task = fixture.send(queue, TYPE, "{\"text\":\"still alive\"}");
    await().atMost(LIMIT).until(() -> outcome(task).isPresent());
    assertThat(outcome(task).orElseThrow().status()).isEqualTo(Outcome.Status.SUCCEEDED);
  }

  private Optional<OutcomeEvent> outcome(TaskId task) {
    return fixture.outcomes.stream().filter(event -> event.task().equals(task)).findFirst();
  }

  private static Map<String, Bad> noTasks() throws IOException {
    Map<String, Bad> bad = new LinkedHashMap<>();
    UnaryOperator<BasicProperties.Builder> same = UnaryOperator.identity();
    bad.put("malformed JSON", new Bad(properties(same), "{\"text\":", "not JSON"));
    bad.put("empty body", new Bad(properties(same), new byte[0], "empty"));
    bad.put("two values", new Bad(properties(same), "1 2", "more than one"));
    bad.put("binary", new Bad(properties(same), new byte[] {-1, -2, 0, 7}, "not JSON"));
    bad.put("too deep", new Bad(properties(same), "[".repeat(100_000), "not JSON"));
    bad.put("too large", new Bad(properties(same), "\"" + "x".repeat(2 << 20) + "\"", "bytes"));
    bad.put("no type", new Bad(new BasicProperties.Builder().build(), GOOD, "no 'type'"));
    bad.put("odd type", new Bad(properties(b -> b.type("a type!")), GOOD, "a type!"));
    bad.put("no id", new Bad(properties(b -> b.messageId("42")), GOOD, "42"));
    bad.put("no root", new Bad(properties(b -> b.correlationId("42")), GOOD, "42"));
    bad.put(
        "wrong content type",
        new Bad(properties(b -> b.contentType("text/xml")), GOOD, "text/xml"));
    bad.put(
        "no gzip", new Bad(properties(b -> b.contentEncoding("gzip")), GOOD, "gzip and is not"));
    bad.put(
        "gzip bomb", new Bad(properties(b -> b.contentEncoding("gzip")), bomb(), "unpacked body"));
    bad.put(
        "no chunk",
        new Bad(properties(b -> b.contentType(ChunkCodec.CONTENT_TYPE)), GOOD, "no 'tasks'"));
    bad.put("odd version", new Bad(header(Headers.VERSION, "new"), GOOD, Headers.VERSION));
    bad.put("attempt 0", new Bad(header(Headers.ATTEMPT, 0), GOOD, "attempt"));
    bad.put("attempt -1", new Bad(header(Headers.ATTEMPT, -1L), GOOD, "attempt"));
    bad.put("attempt 2^40", new Bad(header(Headers.ATTEMPT, 1L << 40), GOOD, Headers.ATTEMPT));
    bad.put("generation 0", new Bad(header(Headers.GENERATION, 0), GOOD, "generation"));
    bad.put("no attempts", new Bad(header(Headers.MAX_ATTEMPTS, 0), GOOD, "attempts"));
    bad.put("back-off", new Bad(header(Headers.BACK_OFF, "soon"), GOOD, Headers.BACK_OFF));
    bad.put("no time", new Bad(header(Headers.TIME_LIMIT, 0), GOOD, "time limit"));
    bad.put(
        "endless time", new Bad(header(Headers.TIME_LIMIT, Long.MAX_VALUE), GOOD, "time limit"));
    bad.put("due someday", new Bad(header(Headers.DUE_AT, "someday"), GOOD, Headers.DUE_AT));
    bad.put("parent", new Bad(header(Headers.PARENT, "nobody"), GOOD, "nobody"));
    bad.put("batch", new Bad(header(Headers.BATCH, "b".repeat(300)), GOOD, Headers.BATCH));
    bad.put("table", new Bad(header(Headers.BATCH, Map.of("a", 1)), GOOD, Headers.BATCH));
    bad.put("array", new Bad(header(Headers.ATTEMPT, List.of(1, 2)), GOOD, Headers.ATTEMPT));
    bad.put("bytes", new Bad(header(Headers.BATCH, new byte[] {1}), GOOD, Headers.BATCH));
    return bad;
  }

  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 50; i++) {
        packing.write(zeros);
      }
    }
    return packed.toByteArray();
  }

  @Test
  void whatIsNoTaskIsDeadAtOnceWithItsReason() throws Exception {
    run();
    await().atMost(LIMIT).until(() -> connections().size() >= 3);
    Set<String> before = connections();
    Map<String, Bad> all = noTasks();

    all.values().forEach(bad -> publish(bad.properties(), bad.body().bytes()));
    requireThatGoodTasksRun();
    String dead = TopologyNames.dead(queue);
    await().atMost(LIMIT).until(() -> host.readyCount(dead) >= all.size());

    List<GetResponse> letters = host.peek(dead, all.size() + 10);
    assertThat(letters).hasSameSizeAs(all.keySet());
    List<String> reasons = new ArrayList<>();
    for (GetResponse letter : letters) {
      Map<String, Object> headers = letter.getProps().getHeaders();
      assertThat(headers.get(Headers.DEAD_REASON)).hasToString(Failure.INVALID_TASK);
      assertThat(headers).containsKey(Headers.DEAD_AT);
      reasons.add(String.valueOf(headers.get(Headers.LAST_ERROR)));
    }
    all.forEach(
        (name, bad) ->
            assertThat(reasons).as(name).anyMatch(reason -> reason.contains(bad.reason())));
    assertThat(host.readyCount(TopologyNames.work(queue))).isZero();
    assertThat(connections()).isEqualTo(before);
    // Nothing came back to be read again.
    assertThat(letters)
        .extracting(letter -> letter.getProps().getMessageId())
        .doesNotHaveDuplicates();
  }

  @Test
  void oddHeadersDoNotKeepATaskFromRunning() {
    run();
    List<Map<String, Object>> odd =
        List.of(
            Map.of("some-table", Map.of("a", List.of(1, Map.of("b", 2)))),
            Map.of("some-time", Date.from(Instant.EPOCH), "some-bytes", new byte[100]),
            Map.of(Headers.DUE_AT, Long.MIN_VALUE, Headers.FIRST_ATTEMPT_AT, Long.MAX_VALUE),
            Map.of(Headers.EXPIRES_AT, Long.MAX_VALUE, Headers.BATCH_INDEX, Long.MIN_VALUE),
            Map.of(Headers.SUBMITTER, "mallory", "warren-story", "{garbage", "warren-later", 7),
            Map.of("warren-parked-since", "long ago", "warren-parked-times", "often"),
            Map.of("x-death", List.of("garbage"), "x-delivery-count", "many"));

    List<TaskId> tasks = new ArrayList<>();
    for (Map<String, Object> headers : odd) {
      TaskId id = TaskId.next();
      tasks.add(id);
      publish(properties(builder -> builder.messageId(id.toString()).headers(headers)), GOOD);
    }

    for (TaskId task : tasks) {
      await().atMost(LIMIT).until(() -> outcome(task).isPresent());
      assertThat(outcome(task).orElseThrow().status()).isEqualTo(Outcome.Status.SUCCEEDED);
    }
    assertThat(delivered).hasValue(odd.size());
  }

  @Test
  void aTaskOfAnUnknownContractVersionIsParkedAndNotRun() {
    run();

    publish(header(Headers.VERSION, 99), GOOD);

    await().atMost(LIMIT).until(() -> !fixture.retrying.isEmpty());
    assertThat(fixture.retrying.element().failure())
        .extracting(Failure::message)
        .asString()
        .contains("version 99");
    requireThatGoodTasksRun();
  }

  @Test
  void headersAsLargeAsTheyCanBeEndNoConnection() {
    String work = TopologyNames.work(queue);
    fixture.queue(queue, TYPE);
    List<TaskId> tasks = new ArrayList<>();
    for (int size : List.of(30_000, 64_000, 120_000, 130_000, 130_700, 130_900)) {
      TaskId id = TaskId.next();
      tasks.add(id);
      Map<String, Object> headers = new HashMap<>();
      headers.put("huge", "h".repeat(size));
      publish(properties(builder -> builder.messageId(id.toString()).headers(headers)), GOOD);
    }
    // A return makes the broker add headers of its own.
    assertThat(host.peek(work, tasks.size())).hasSize(tasks.size());
    run();
    await().atMost(LIMIT).until(() -> connections().size() >= 3);
    Set<String> before = connections();

    for (TaskId task : tasks) {
      await().atMost(LIMIT).until(() -> outcome(task).isPresent());
    }
    assertThat(connections()).isEqualTo(before);
    assertThat(delivered).hasValue(tasks.size());
    requireThatGoodTasksRun();
  }

  @Test
  void whoPretendsToBeSomebodyElseIsRefused() throws Exception {
    run();
    try (Connection connection = host.connect("mallory")) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.basicPublish(
          TopologyNames.TASKS,
          queue + "." + TYPE,
          properties(builder -> builder.userId("somebody-else")),
          GOOD);

      assertThatThrownBy(() -> channel.waitForConfirmsOrDie(20_000))
          .isInstanceOfAny(IOException.class, ShutdownSignalException.class);
      await().atMost(LIMIT).until(() -> !channel.isOpen());
      assertThat(channel.getCloseReason().getMessage()).contains("user_id");
    }
    requireThatGoodTasksRun();
    assertThat(delivered).hasValue(1);
  }

  @Test
  @BrokerVersionBelow("4.0")
  void aHundredMegabytesAreDeadWithTheirReasonAndEndNoConnection() {
    run();
    await().atMost(LIMIT).until(() -> connections().size() >= 3);
    Set<String> before = connections();

    publish(properties(UnaryOperator.identity()), new byte[HUNDRED_MEGABYTES]);
    requireThatGoodTasksRun();

    await().atMost(LIMIT).until(() -> host.readyCount(TopologyNames.dead(queue)) == 1);
    GetResponse letter = host.peek(TopologyNames.dead(queue), 1).getFirst();
    assertThat(String.valueOf(letter.getProps().getHeaders().get(Headers.LAST_ERROR)))
        .contains("at most 1048576");
    assertThat(letter.getBody()).hasSize(WireLimits.MAX_RECEIVED_BYTES);
    assertThat(connections()).isEqualTo(before);
  }

  @Test
  @BrokerVersionAtLeast("4.0")
  void aHundredMegabytesAreRefused() throws Exception {
    run();
    try (Connection connection = host.connect("heavy")) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.basicPublish(
          TopologyNames.TASKS,
          queue + "." + TYPE,
          properties(UnaryOperator.identity()),
          new byte[HUNDRED_MEGABYTES]);

      assertThatThrownBy(() -> channel.waitForConfirmsOrDie(60_000))
          .isInstanceOfAny(IOException.class, ShutdownSignalException.class);
    }
    requireThatGoodTasksRun();
    assertThat(host.readyCount(TopologyNames.dead(queue))).isZero();
  }
}
