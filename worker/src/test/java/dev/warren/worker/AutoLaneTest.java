package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Lane;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import dev.warren.engine.advice.AdviceReport;
import dev.warren.engine.advice.TypeReport;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.Grant;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Types that leave their lane to the worker, and what the worker says of them. */
@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AutoLaneTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TaskType<Integer, Integer> COMPUTES =
      TaskType.of("auto.computes", Integer.class, Integer.class);
  private static final TaskType<Integer, Integer> WAITS =
      TaskType.of("auto.waits", Integer.class, Integer.class);

  private final VirtualHost host;
  private final Path folder;
  private final Outcomes outcomes;
  private final Worker worker;
  private final WarrenClient client;
  private final List<TaskId> computing = new ArrayList<>();
  private final List<TaskId> waiting = new ArrayList<>();

  AutoLaneTest(VirtualHost host, @TempDir Path folder) throws Exception {
    this.host = host;
    this.folder = folder;
    BrokerSettings broker = BrokerSettings.of(host.uri());
    worker =
        Worker.builder(WorkerSettings.of(broker).withConcurrency(2, 20))
            .provider(new Provider())
            .build();
    client = WarrenClient.builder().broker(broker).typeCache(folder.resolve("cache")).connect();
    outcomes = new Outcomes(host);
  }

  /** Registers both without a lane. */
  private static final class Provider implements TaskProvider {
    private final CountDownLatch never = new CountDownLatch(1);

    @Override
    public void register(TaskRegistry registry) {
      registry.register(
          COMPUTES,
          (rounds, context) -> {
            double sum = 0;
            for (int i = 0; i < rounds; i++) {
              sum += Math.sin(i);
            }
            return sum > 1e9 ? -1 : rounds;
          });
      registry.register(
          WAITS, (millis, context) -> never.await(millis, TimeUnit.MILLISECONDS) ? -1 : millis);
    }
  }

  @BeforeAll
  void start() throws Exception {
    worker.start();
    await().atMost(LIMIT).until(() -> worker.state().ready());
    for (int i = 0; i < 12; i++) {
      TaskHandle<Integer> computes = client.submit(COMPUTES, 400_000);
      assertThat(computes.await(LIMIT)).isEqualTo(400_000);
      computing.add(computes.id());
      TaskHandle<Integer> waits = client.submit(WAITS, 20);
      assertThat(waits.await(LIMIT)).isEqualTo(20);
      waiting.add(waits.id());
    }
  }

  @AfterAll
  void stop() throws Exception {
    worker.drain(LIMIT);
    worker.close();
    client.close();
    outcomes.close();
  }

  @Test
  void eachRunsInTheLaneThatSuitsItAndItsOutcomesSayWhich() {
    await().atMost(LIMIT).until(() -> outcomes.tasks() == 24);
    assertThat(lanes(computing)).startsWith("virtual").endsWith("threads");
    assertThat(lanes(waiting)).containsOnly("virtual");
  }

  private List<String> lanes(List<TaskId> tasks) {
    return tasks.stream().map(task -> outcomes.of(task).getFirst().lane()).toList();
  }

  @Test
  void theFleetIsAskedWhatItHasLearned() {
    AdviceReport report =
        client.fleet().advice(List.of(COMPUTES.name(), WAITS.name()), LIMIT).values().stream()
            .findFirst()
            .orElseThrow();

    assertThat(report.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(report.types())
        .extracting(TypeReport::type)
        .containsExactly(COMPUTES.name(), WAITS.name());
    TypeReport computes = report.types().getFirst();
    assertThat(computes.registered()).isEqualTo(Lane.AUTO);
    assertThat(computes.lane()).isEqualTo(Lane.THREADS);
    assertThat(computes.evidence().attempts()).isEqualTo(12);
    assertThat(computes.evidence().allocated()).isPresent();
    TypeReport waits = report.types().getLast();
    assertThat(waits.advice().lane()).isEqualTo(Lane.VIRTUAL);
    assertThat(waits.advice().why()).startsWith("it waits ");
    assertThat(waits.evidence().durations().percentile(50)).isGreaterThan(Duration.ofMillis(18));
  }

  @Test
  void anOperatorIsAdvisedOnTheCommandLine() throws Exception {
    URI operator =
        host.createUser(
            Permissions.of(
                Grant.OPERATOR.configure(), Grant.OPERATOR.write(), Grant.OPERATOR.read()));

    CommandProgram.Answer table =
        CommandProgram.run(operator, folder, "advise", "--timeout", "60s");
    CommandProgram.Answer json =
        CommandProgram.run(
            operator, folder, "advise", COMPUTES.name(), "no.such", "--json", "--timeout", "60s");

    assertThat(table.exit()).as(table.err()).isZero();
    assertThat(table.out())
        .contains("BEST LANE")
        .containsPattern("auto\\.computes +1 +12 .* threads \\(auto\\) +threads +\\d+ +it computes")
        .containsPattern("auto\\.waits +1 +12 .* virtual \\(auto\\) +virtual +\\d+ +it waits")
        .containsPattern("echo +1 +0 .*no attempt has ended yet");
    assertThat(json.exit()).as(json.err()).isZero();
    assertThat(json.out()).contains("\"type\":\"auto.computes\"").doesNotContain("auto.waits");
    assertThat(json.err()).contains("no process that answers runs the type 'no.such'");
  }
}
