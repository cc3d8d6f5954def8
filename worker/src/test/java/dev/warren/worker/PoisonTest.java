package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that ends the JVM it runs in, among tasks that do no harm. */
@RabbitMq
class PoisonTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final VirtualHost host;
  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir Path folder;

  PoisonTest(VirtualHost host) {
    this.host = host;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable part : opened.reversed()) {
      part.close();
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.add(part);
    return part;
  }

  /** {@code sample.run}: waits; with the argument "poison" it notes its run and ends the JVM. */
  private static String tasks(Path notes) {
    return """
      registry.register(
          TaskType.of("sample.run", String.class, String.class),
          Lane.VIRTUAL,
          (text, context) -> {
            java.nio.file.Files.writeString(
                java.nio.file.Path.of("%s"),
                text + " " + context.attempt() + "\\n",
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.APPEND);
            if (text.equals("poison")) {
              Runtime.getRuntime().halt(9);
            }
            new java.util.concurrent.CountDownLatch(1)
                .await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
            return text;
          });
      """
        .formatted(notes);
  }

  @Test
  void isDeadAfterThreeCrashesInAProcessOfItsOwnAndNoNeighbourIsCounted() throws Exception {
    Path notes = folder.resolve("notes");
    Path jar = TaskJarBuilder.in(folder).provider("Sample", tasks(notes)).build("s.jar");
    Outcomes outcomes = keep(new Outcomes(host));
    WarrenClient client = keep(WarrenClient.connect(host.uri()));
    new Declarer(client.connections())
        .establish(TopologyMode.APPLY, Map.of("default", Set.of("sample.run")));
    TaskType<String, String> type = TaskType.of("sample.run", String.class, String.class);
    List<TaskId> good = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      good.add(client.submit(type, "good").id());
    }
    TaskHandle<String> poison = client.submit(type, "poison");
    for (int i = 0; i < 100; i++) {
      good.add(client.submit(type, "good").id());
    }

    WorkerJvm worker =
        keep(
            WorkerJvm.start(
                host.uri().toString(),
                folder.resolve("state"),
                "--processes",
                "2",
                "--virtual",
                "50",
                "--health-port",
                "0",
                "--tasks",
                jar.toString()));

    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(outcomes.tasks()).as(worker::text).isEqualTo(201));
    OutcomeEvent end = outcomes.of(poison.id()).getFirst();
    assertThat(end.status()).isEqualTo(Outcome.Status.DEAD);
    assertThat(end.attempt()).isEqualTo(3);
    assertThat(end.lane()).isEqualTo("process");
    Failure failure = Objects.requireNonNull(end.failure());
    assertThat(failure.type()).isEqualTo(Failure.WORKER_CRASHED);
    assertThat(failure.message()).startsWith("3 times a process ended without a word");
    assertThat(good)
        .allSatisfy(
            task ->
                assertThat(outcomes.of(task))
                    .allSatisfy(
                        one -> {
                          assertThat(one.status()).isEqualTo(Outcome.Status.SUCCEEDED);
                          assertThat(one.attempt()).isEqualTo(1);
                        }));
    List<String> runs = Files.readAllLines(notes);
    // In a worker it runs once, and where nobody knows of that, once more; then in its own process.
    assertThat(runs.stream().filter("poison 1"::equals)).hasSizeBetween(2, 4);
    assertThat(runs).containsOnlyOnce("poison 2", "poison 3");
    await().atMost(LIMIT).until(() -> host.readyCount(TopologyNames.work("default")) == 0);
    assertThat(host.readyCount(TopologyNames.dead("default"))).isEqualTo(1);
  }
}
