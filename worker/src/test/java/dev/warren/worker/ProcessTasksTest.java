package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.engine.advice.TypeReport;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import dev.warren.worker.process.ProcessSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tasks in child processes of a worker, on a real broker. */
@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProcessTasksTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Worker worker;
  private final WarrenClient client;

  ProcessTasksTest(VirtualHost host, @TempDir Path folder) throws Exception {
    Path jar =
        TaskJarBuilder.in(folder)
            .provider(
                "Isolated",
                """
                registry.register(TaskType.of("isolated.add", Sum.class, Integer.class), Lane.PROCESS,
                    (sum, context) -> sum.a() + sum.b());
                registry.register(TaskType.of("isolated.halt", Object.class, Object.class), Lane.PROCESS,
                    (a, context) -> { Runtime.getRuntime().halt(1); return null; });
                registry.register(TaskType.of("isolated.spin", Object.class, Object.class), Lane.PROCESS,
                    (a, context) -> { while (true) { Thread.onSpinWait(); } });
                registry.register(TaskType.of("isolated.pid", Object.class, Long.class), Lane.PROCESS,
                    (a, context) -> ProcessHandle.current().pid());
                }
                public record Sum(int a, int b) {}
                private static void nothing() {
                """)
            .build("isolated.jar");
    Files.copy(Path.of("src/main/helpers/python/warren.py"), folder.resolve("warren.py"));
    Files.writeString(
        folder.resolve("shout.py"),
        """
        import warren

        @warren.task("python.shout")
        def shout(arguments, context):
            return {"text": arguments["text"].upper()}

        warren.run()
        """);
    BrokerSettings broker = BrokerSettings.of(host.uri());
    worker =
        Worker.builder(
                WorkerSettings.of(broker)
                    .withTaskJars(List.of(jar))
                    .withProcesses(
                        new ProcessSettings(
                            2,
                            64L << 20,
                            Duration.ofMillis(200),
                            1_000,
                            ProcessSettings.DEFAULT_MEMORY,
                            List.of("python3 " + folder.resolve("shout.py")))))
            .build();
    client = WarrenClient.builder().broker(broker).typeCache(folder.resolve("cache")).connect();
  }

  @BeforeAll
  void start() throws InterruptedException {
    worker.start();
    await().atMost(LIMIT).until(() -> worker.state().ready());
  }

  @AfterAll
  void stop() throws InterruptedException {
    worker.drain(LIMIT);
    worker.close();
    client.close();
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  private RawHandle submit(String type, String arguments, SubmitOptions options) {
    return client.submit(
        RawTask.of(type, JsonText.of(arguments)).withOptions(options).withOutcomeWanted(true));
  }

  private static OutcomeEvent outcome(RawHandle handle) throws Exception {
    return handle.outcome().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aTypeIsAnnouncedWithTheSchemaOfItsClassesAndRunsInItsLane() throws Exception {
    OutcomeEvent outcome =
        outcome(submit("isolated.add", "{\"a\":2,\"b\":3}", SubmitOptions.DEFAULT));

    assertThat(outcome.result()).hasToString("5");
    assertThat(outcome.lane()).isEqualTo("process");
    TypeAnnouncement announced =
        client.types().all().stream()
            .filter(one -> one.type().equals("isolated.add"))
            .findFirst()
            .orElseThrow();
    assertThat(announced.lane()).isEqualTo(Lane.PROCESS);
    TypeReport learned =
        client.fleet().advice(List.of("isolated.add"), LIMIT).values().stream()
            .flatMap(report -> report.types().stream())
            .findFirst()
            .orElseThrow();
    assertThat(learned.evidence().measured()).isPositive();
    assertThat(learned.evidence().resident().orElseThrow()).isGreaterThan(10L << 20);
    assertThat(learned.advice().lane()).isEqualTo(Lane.PROCESS);
    assertThat(announced.argumentsSchema().at("/properties/a/type").asText()).isEqualTo("integer");
  }

  @Test
  void argumentsThatDoNotFitAreDeadAtOnce() throws Exception {
    OutcomeEvent outcome = outcome(submit("isolated.pid", "{\"a\":2}", SubmitOptions.DEFAULT));
    assertThat(outcome.status()).isEqualTo(Outcome.Status.SUCCEEDED);

    OutcomeEvent unfit =
        outcome(
            submit(
                "isolated.add",
                "{\"a\":99999999999,\"b\":1}",
                SubmitOptions.DEFAULT.withMaxAttempts(5)));
    assertThat(unfit.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(unfit.attempt()).isEqualTo(1);
    assertThat(failure(unfit).type()).isEqualTo(Failure.INVALID_TASK);
  }

  @Test
  void aProgramInAnotherLanguageIsAnnouncedAndRuns() throws Exception {
    OutcomeEvent outcome =
        outcome(submit("python.shout", "{\"text\":\"hello\"}", SubmitOptions.DEFAULT));

    assertThat(outcome.result()).hasToString("{\"text\":\"HELLO\"}");
  }

  @Test
  void processesThatDieTakeNobodyWithThem() throws Exception {
    List<RawHandle> good = new ArrayList<>();
    List<RawHandle> deadly = new ArrayList<>();
    SubmitOptions once = SubmitOptions.DEFAULT.withMaxAttempts(1);
    for (int i = 0; i < 500; i++) {
      good.add(submit("isolated.add", "{\"a\":%d,\"b\":1}".formatted(i), once));
      if (i % 25 == 0) {
        deadly.add(submit("isolated.halt", "{}", once));
      }
    }

    for (int i = 0; i < good.size(); i++) {
      OutcomeEvent outcome = outcome(good.get(i));
      assertThat(outcome.result()).hasToString(String.valueOf(i + 1));
      assertThat(outcome.attempt()).isEqualTo(1);
    }
    for (RawHandle handle : deadly) {
      OutcomeEvent outcome = outcome(handle);
      assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
      assertThat(failure(outcome).message()).contains("exit code 1");
    }
  }

  @Test
  void whatRunsBeyondItsTimeLimitIsKilledAgainAndAgainAndNeighboursFinish() throws Exception {
    SubmitOptions once = SubmitOptions.DEFAULT.withMaxAttempts(1);
    List<RawHandle> endless = new ArrayList<>();
    List<RawHandle> good = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      endless.add(submit("isolated.spin", "{}", once.withTimeLimit(Duration.ofSeconds(1))));
      good.add(submit("isolated.add", "{\"a\":%d,\"b\":1}".formatted(i), once));
    }

    for (RawHandle handle : endless) {
      OutcomeEvent outcome = outcome(handle);
      assertThat(outcome.status()).isEqualTo(Outcome.Status.DEAD);
      assertThat(failure(outcome).type()).isEqualTo(Failure.TIME_LIMIT);
      assertThat(failure(outcome).message()).contains("SIGTERM");
    }
    for (RawHandle handle : good) {
      assertThat(outcome(handle).status()).isEqualTo(Outcome.Status.SUCCEEDED);
    }
    assertThat(worker.state().stuck()).isEmpty();
    assertThat(worker.state().trouble()).isEmpty();
    assertThat(outcome(submit("isolated.add", "{\"a\":1,\"b\":1}", SubmitOptions.DEFAULT)).result())
        .hasToString("2");
  }

  private static Failure failure(OutcomeEvent outcome) {
    Failure failure = outcome.failure();
    if (failure == null) {
      throw new AssertionError("no failure: " + outcome);
    }
    return failure;
  }
}
