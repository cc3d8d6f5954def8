package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.WarrenClient;
import dev.warren.tasks.Sleep;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor whose number of processes follows the work. */
@RabbitMq
class ProcessRangeFleetTest {
  private final VirtualHost host;
  @TempDir private Path folder;

  ProcessRangeFleetTest(VirtualHost host) {
    this.host = host;
  }

  private JsonNode status() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    String[] arguments = {"status", "--json", "--state-dir", folder.toString()};
    WorkerMain.run(
        arguments,
        Map.of(),
        new PrintStream(output, true, StandardCharsets.UTF_8),
        new PrintStream(output, true, StandardCharsets.UTF_8));
    return JsonCodec.tree(JsonText.of(output.toString(StandardCharsets.UTF_8)), "status");
  }

  @Test
  void growsWithTheWorkIsReplacedAtSighupAndShrinksAndEveryTaskRunsOnce() throws Exception {
    try (WarrenClient client = WarrenClient.connect(host.uri());
        Outcomes outcomes = new Outcomes(host)) {
      new Declarer(client.connections())
          .establish(TopologyMode.APPLY, Map.of("default", Set.of("echo", "sleep")));
      List<TaskHandle<Sleep.Result>> tasks;
      try (Stream<TaskHandle<Sleep.Result>> submitted =
          client.submitAll(
              Sleep.TYPE,
              IntStream.range(0, 600).mapToObj(number -> Sleep.Arguments.ofMillis(100)),
              SubmitOptions.DEFAULT)) {
        tasks = submitted.toList();
      }
      try (WorkerJvm supervisor =
          WorkerJvm.start(
              host.uri().toString(),
              folder.resolve("state"),
              "--queues=default",
              "--processes=1..2",
              "--virtual=4",
              "--prefetch=default=4",
              "--worker-scale-wait=1s",
              "--worker-scale-idle=2s",
              "--health-port=off")) {
        supervisor.awaitLine("worker-2 is started: ");
        supervisor.awaitLines("queue default: consuming", 2);
        assertThat(status().at("/0/range").asText()).isEqualTo("1..2");

        hangUp(supervisor);
        supervisor.awaitLine("SIGHUP: replacing 2 processes");
        supervisor.awaitLine("2 processes have been replaced");

        for (TaskHandle<Sleep.Result> task : tasks) {
          assertThat(task.await(WorkerJvm.LIMIT).slept()).isGreaterThanOrEqualTo(100);
        }
        await().atMost(WorkerJvm.LIMIT).until(() -> outcomes.tasks() == tasks.size());
        assertThat(tasks)
            .allSatisfy(
                task ->
                    assertThat(outcomes.of(task.id()))
                        .singleElement()
                        .extracting(OutcomeEvent::attempt)
                        .isEqualTo(1));
        assertThat(outcomes.duplicates()).isZero();

        supervisor.awaitLine("is not needed any more: 1 processes");
        await()
            .atMost(WorkerJvm.LIMIT)
            .untilAsserted(
                () ->
                    assertThat(status().at("/0/processes"))
                        .singleElement()
                        .satisfies(
                            one -> {
                              assertThat(one.path("status").asText()).isEqualTo("ready");
                              assertThat(one.path("running").asInt()).isZero();
                              assertThat(one.path("queues").get(0).path("queue").asText())
                                  .isEqualTo("default");
                            }));
        supervisor.terminate();
        assertThat(supervisor.awaitExit()).as(supervisor.text()).isZero();
        assertThat(supervisor.text()).doesNotContain("crashed");
      }
      assertThat(status()).isEmpty();
      assertThat(folder.resolve("state")).isEmptyDirectory();
    }
  }

  private static void hangUp(WorkerJvm supervisor) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-HUP", String.valueOf(supervisor.handle().pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
