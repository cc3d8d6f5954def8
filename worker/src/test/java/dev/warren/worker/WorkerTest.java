package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.ConfigurationException;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.RejectedTask;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.delivery.HeldTask;
import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import dev.warren.tasks.Echo;
import dev.warren.tasks.FileDigest;
import dev.warren.tasks.Sleep;
import dev.warren.testkit.ConnectionView;
import dev.warren.testkit.ConsumerView;
import dev.warren.testkit.QueueView;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A worker in this JVM, on a real broker. */
@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final WarrenClient client;
  private final Worker worker;
  private final Handlers handlers = new Handlers();
  private final BrokerSettings broker;
  private final Path files;
  private final VirtualHost host;

  WorkerTest(VirtualHost host, @TempDir Path files) throws Exception {
    this.host = host;
    this.files = files.toRealPath();
    broker = BrokerSettings.of(host.uri());
    worker =
        Worker.builder(
                WorkerSettings.of(broker)
                    .withConcurrency(1, 20)
                    .withTaskSettings(Map.of("files-root", files.toString())))
            .provider(handlers)
            .build();
    client = WarrenClient.builder().broker(broker).typeCache(files.resolve("cache")).connect();
  }

  @BeforeAll
  void start() throws InterruptedException {
    assertThat(worker.health().ready()).isFalse();
    worker.start();
    await().atMost(LIMIT).until(() -> worker.state().ready());
  }

  @AfterAll
  void stop() throws InterruptedException {
    DrainReport report = worker.drain(LIMIT);
    worker.close();
    client.close();
    assertThat(report.interrupted()).isZero();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("warren-threads") || name.startsWith("warren-consumer"));
  }

  @Test
  void builtInTasksRunWithTheirSettings() throws Exception {
    Files.writeString(files.resolve("abc"), "abc");

    assertThat(client.submit(Echo.TYPE, Map.of("a", List.of(1, 2.5, "x"))).await(LIMIT))
        .isEqualTo(Map.of("a", List.of(1, 2.5, "x")));
    assertThat(
            client.submit(FileDigest.TYPE, new FileDigest.Arguments("abc")).await(LIMIT).digest())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(
            client
                .submit(Sleep.TYPE, new Sleep.Arguments(null, Duration.ofMillis(5)))
                .await(LIMIT)
                .slept())
        .isGreaterThanOrEqualTo(5);
  }

  @Test
  void echoReturnsItsArgumentToTheLetter() throws Exception {
    String argument =
        "{\"a\": [1.50, 1e400, -0.0, 0.1234567890123456789012345, 123456789012345678901234567890]}";
    for (String json : List.of(argument, "null", "1.50")) {
      OutcomeEvent outcome =
          client
              .submit(RawTask.of("echo", JsonText.of(json)).withOutcomeWanted(true))
              .outcome()
              .toCompletableFuture()
              .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(outcome.result()).hasToString(json);
    }
  }

  @Test
  void argumentsThatATaskRefusesAreDeadAtOnceWithItsMessage() {
    Outcome<FileDigest.Result> outcome =
        client
            .submit(FileDigest.TYPE, new FileDigest.Arguments("../etc/passwd"))
            .outcome()
            .toCompletableFuture()
            .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .join();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Dead.class,
            dead -> assertThat(dead.failure().message()).contains("leads out of the files root"));
  }

  @Test
  void aHandlerThatThrowsOrAsksForARetryRunsAgain() {
    assertThat(client.submit(Handlers.THROWS_TWICE, "a").await(LIMIT)).isEqualTo("attempt 3");
    assertThat(client.submit(Handlers.RETRIES_ONCE, "b").await(LIMIT)).isEqualTo("attempt 2");
  }

  @Test
  void aRejectedTaskIsDeadWithItsReason() {
    assertThat(dead(Handlers.REJECTS, "no good").message()).contains("no good");
    assertThat(dead(Handlers.REJECTS_BY_VERDICT, "no use").message()).contains("no use");
  }

  @Test
  void anErrorInAHandlerIsAFailedAttemptAndNotTheEndOfTheLane() {
    assertThat(dead(Handlers.BREAKS, "x").type()).isEqualTo(StackOverflowError.class.getName());
    assertThat(client.submit(Echo.TYPE, "alive").await(LIMIT)).isEqualTo("alive");
  }

  @Test
  void theTimeLimitInterruptsAHandlerInBothLanes() {
    for (TaskType<String, String> type : List.of(Handlers.HANGS, Handlers.HANGS_ON_A_THREAD)) {
      Failure failure = dead(type, type.name());

      assertThat(failure.type()).isEqualTo(Failure.TIME_LIMIT);
      assertThat(handlers.interrupted).contains(type.name());
    }
  }

  @Test
  void handlersRunInTheLaneTheyAskedFor() {
    assertThat(client.submit(Handlers.WHERE, "").await(LIMIT)).startsWith("warren-threads-");
    assertThat(client.submit(Handlers.WHERE_VIRTUAL, "").await(LIMIT))
        .startsWith("warren-virtual-");
  }

  @Test
  void aPingIsAnsweredWithWhatTheWorkerDoes() {
    List<Pong> pongs = client.fleet().ping(LIMIT);

    assertThat(pongs).hasSize(1);
    JsonNode about = pongs.getFirst().about();
    assertThat(pongs.getFirst().process()).isEqualTo(worker.process().text());
    assertThat(about.path("role").asText()).isEqualTo("worker");
    assertThat(about.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(about.path("queues")).map(JsonNode::asText).containsExactly("default", "cpu");
    assertThat(about.path("lanes"))
        .map(lane -> lane.path("lane").asText() + " " + lane.path("concurrency").asInt())
        .containsExactly("threads 1", "virtual 20");
    assertThat(about.path("state").asText()).isEqualTo("ready");
    assertThat(about.path("draining").asBoolean(true)).isFalse();
    assertThat(about.path("consumers"))
        .map(queue -> queue.path("queue").asText() + " " + queue.path("consuming").asBoolean())
        .containsExactly("default true", "cpu true");
    assertThat(about.path("at").asLong()).isGreaterThanOrEqualTo(about.path("since").asLong());
  }

  @Test
  void twoReportsMakeARate() {
    JsonNode before = client.fleet().ping(LIMIT).getFirst().about();
    client.submit(Echo.TYPE, 1).await(LIMIT);
    dead(Handlers.REJECTS, "counted");

    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              JsonNode after = client.fleet().ping(LIMIT).getFirst().about();
              assertThat(after.path("done").asLong() - before.path("done").asLong()).isEqualTo(1);
              assertThat(after.path("failed").asLong() - before.path("failed").asLong())
                  .isEqualTo(1);
              assertThat(after.path("at").asLong()).isGreaterThan(before.path("at").asLong());
            });
  }

  @Test
  void aTaskIsFoundWhereItRunsAndWhereItWaitsForASlot() {
    TaskHandle<String> runs = client.submit(Handlers.WAITS, "first");
    await()
        .atMost(LIMIT)
        .until(
            () ->
                client.fleet().find(runs.id(), Duration.ofSeconds(1)).stream()
                    .anyMatch(found -> found.held().state() == HeldTask.State.RUNNING));
    // Its lane has one thread, so this one waits.
    TaskHandle<String> waits = client.submit(Handlers.WAITS, "second");
    await()
        .atMost(LIMIT)
        .until(() -> !client.fleet().find(waits.id(), Duration.ofSeconds(1)).isEmpty());

    assertThat(client.fleet().find(waits.id(), LIMIT))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.process()).isEqualTo(worker.process().text());
              assertThat(found.held().state()).isEqualTo(HeldTask.State.HELD);
              assertThat(found.held().task()).isEqualTo(waits.id());
              assertThat(found.held().attempt()).isEqualTo(1);
              assertThat(found.held().lane()).isEqualTo("threads");
              assertThat(found.held().since()).isBeforeOrEqualTo(Instant.now());
            });
    handlers.gate.release(2);
    assertThat(runs.await(LIMIT)).isEqualTo("first");
    assertThat(waits.await(LIMIT)).isEqualTo("second");
    assertThat(client.fleet().find(runs.id(), Duration.ofMillis(500))).isEmpty();
  }

  @Test
  void garbageInItsQueuesAndStreamsHurtsNoConnectionOfIt() throws Exception {
    Set<String> before = connectionsOfWorker();
    List<String> targets =
        host.queues().stream()
            .map(QueueView::name)
            .filter(
                name ->
                    name.startsWith("warren.control.")
                        || name.equals("warren.cancellations")
                        || name.equals("warren.registry"))
            .toList();
    assertThat(targets).hasSizeGreaterThanOrEqualTo(3);
    for (String target : targets) {
      for (String body :
          List.of(
              "{",
              "null",
              "[7]",
              "{\"task\":{},\"generation\":\"x\"}",
              "{\"batch\":\"\",\"at\":\"now\"}",
              "{\"control\":[],\"reply\":7}",
              "{\"queue\":\"no queue!\",\"type\":\"no type!\"}",
              "\u0000\u0001")) {
        BasicProperties properties =
            new BasicProperties.Builder()
                .type("warren.pause")
                .headers(Map.of("warren-version", "new", "x-stream-offset", "none"))
                .build();
        host.publish("", target, properties, body.getBytes(StandardCharsets.UTF_8));
      }
    }

    assertThat(client.submit(Echo.TYPE, "still alive").await(LIMIT)).isEqualTo("still alive");
    assertThat(client.fleet().ping(LIMIT)).hasSize(1);
    assertThat(worker.state().ready()).isTrue();
    assertThat(connectionsOfWorker()).containsAll(before);
  }

  private Set<String> connectionsOfWorker() {
    return await()
        .atMost(LIMIT)
        .until(
            () ->
                host.connections().stream()
                    .filter(each -> each.clientName().startsWith("warren-worker"))
                    .map(ConnectionView::name)
                    .collect(Collectors.toSet()),
            names -> names.size() >= 4);
  }

  @Test
  void everyConsumerSaysWhoseItIsAndWhatItIsFor() {
    client.submit(Echo.TYPE, 1).await(LIMIT);
    String mine = worker.process().text();

    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(host.consumers())
                    .extracting(ConsumerView::tag)
                    .allMatch(tag -> tag.startsWith("warren-"))
                    .contains(
                        mine + " consume default",
                        mine + " consume cpu",
                        mine + " control",
                        client.connections().process().text() + " wait"));
  }

  @Test
  void theTypesAreAnnounced() {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(client.types().refresh(Duration.ofSeconds(5)))
                    .extracting(TypeAnnouncement::type)
                    .contains("echo", "file.digest", "test.rejects"));
  }

  @Test
  void healthAndMetricsTellWhatItDoes() {
    client.submit(Echo.TYPE, 1).await(LIMIT);
    dead(Handlers.REJECTS, "counted");
    try (HealthServer server =
        HealthServer.start(HealthSettings.ANY_PORT, worker::health, worker::metrics)) {
      URI base = server.address();

      assertThat(Http.get(base.resolve("/health/ready")))
          .satisfies(
              answer -> {
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).contains("\"status\":\"ready\"", "\"queue\":\"cpu\"");
              });
      assertThat(Http.get(base.resolve("/metrics")).body())
          .contains("warren_attempts_total{lane=\"virtual\",process=\"worker-1\",type=\"echo\"")
          .contains("verdict=\"reject\"")
          .contains("warren_attempt_ran_seconds_bucket")
          .contains("status=\"dead\",type=\"test.rejects\"")
          .contains("jvm_memory_used_bytes")
          .contains("warren_queue_consuming{process=\"worker-1\",queue=\"default\"} 1.0");
    }
  }

  @Test
  void withoutABrokerItIsNotReadyAndSaysWhy() throws Exception {
    WorkerSettings nowhere = WorkerSettings.of(BrokerSettings.parse("amqp://127.0.0.1:1"));
    try (Worker lonely = Worker.builder(nowhere).build()) {
      CompletableFuture<Void> starting =
          CompletableFuture.runAsync(
              () -> {
                try {
                  lonely.start();
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                }
              });
      await().atMost(LIMIT).until(() -> lonely.health().reason().contains("127.0.0.1:1"));
      assertThat(lonely.health().ready()).isFalse();

      lonely.member().giveUpStart();
      starting.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void aTypeThatIsThereAlreadyIsRefused() {
    TaskProvider second =
        registry -> registry.register(Echo.TYPE, Lane.VIRTUAL, (argument, context) -> argument);

    assertThatThrownBy(() -> Worker.builder(WorkerSettings.of(broker)).provider(second).build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'echo' is registered twice");
  }

  private Failure dead(TaskType<String, String> type, String argument) {
    Outcome<String> outcome =
        client
            .submit(type, argument)
            .outcome()
            .toCompletableFuture()
            .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .join();
    assertThat(outcome).isInstanceOf(Outcome.Dead.class);
    return ((Outcome.Dead<String>) outcome).failure();
  }

  /** Handlers that misbehave in every way. */
  private static final class Handlers implements TaskProvider {
    static final TaskType<String, String> THROWS_TWICE = type("test.throws");
    static final TaskType<String, String> RETRIES_ONCE = type("test.retries");
    static final TaskType<String, String> REJECTS = type("test.rejects");
    static final TaskType<String, String> REJECTS_BY_VERDICT = type("test.rejects-by-verdict");
    static final TaskType<String, String> BREAKS = once("test.breaks");
    static final TaskType<String, String> HANGS =
        once("test.hangs").with(options -> options.withTimeLimit(Duration.ofMillis(200)));
    static final TaskType<String, String> HANGS_ON_A_THREAD =
        once("test.hangs-on-a-thread")
            .with(options -> options.withTimeLimit(Duration.ofMillis(200)));
    static final TaskType<String, String> WHERE = type("test.where");
    static final TaskType<String, String> WHERE_VIRTUAL = type("test.where-virtual");

    static final TaskType<String, String> WAITS = type("test.waits");

    final Semaphore gate = new Semaphore(0);
    final Set<String> interrupted = ConcurrentHashMap.newKeySet();

    private static TaskType<String, String> type(String name) {
      return TaskType.of(name, String.class, String.class);
    }

    private static TaskType<String, String> once(String name) {
      return type(name).with(options -> options.withRetry(RetryPolicy.NONE));
    }

    @Override
    public void register(TaskRegistry registry) {
      registry.register(THROWS_TWICE, Lane.VIRTUAL, Handlers::throwTwice);
      registry.registerHandler(RETRIES_ONCE, Lane.THREADS, Handlers::retryOnce);
      registry.register(
          REJECTS,
          Lane.VIRTUAL,
          (argument, context) -> {
            throw new RejectedTask(argument);
          });
      registry.registerHandler(
          REJECTS_BY_VERDICT,
          Lane.VIRTUAL,
          (argument, context) -> Verdict.reject(Failure.of("Test", argument)));
      registry.register(
          BREAKS,
          Lane.THREADS,
          (argument, context) -> {
            throw new StackOverflowError("of a test");
          });
      registry.register(
          WAITS,
          Lane.THREADS,
          (argument, context) -> {
            gate.acquire();
            return argument;
          });
      registry.register(HANGS, Lane.VIRTUAL, this::hang);
      registry.register(HANGS_ON_A_THREAD, Lane.THREADS, this::hang);
      registry.register(
          WHERE, Lane.THREADS, (argument, context) -> Thread.currentThread().getName());
      registry.register(
          WHERE_VIRTUAL, Lane.VIRTUAL, (argument, context) -> Thread.currentThread().getName());
    }

    private static String throwTwice(String argument, TaskContext context) {
      if (context.attempt() < 3) {
        throw new IllegalStateException("not yet");
      }
      return "attempt " + context.attempt();
    }

    private static Verdict<String> retryOnce(String argument, TaskContext context) {
      return context.attempt() < 2
          ? Verdict.retryAfter(Duration.ofMillis(10), Failure.of("Test", "once more"))
          : Verdict.done("attempt " + context.attempt());
    }

    private String hang(String argument, TaskContext context) throws InterruptedException {
      try {
        new CountDownLatch(1).await();
        return "";
      } catch (InterruptedException stopped) {
        if (context.cancelled()) {
          interrupted.add(argument);
        }
        throw stopped;
      }
    }
  }
}
