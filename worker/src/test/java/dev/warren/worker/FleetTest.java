package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.producer.WarrenClient;
import dev.warren.tasks.Echo;
import dev.warren.tasks.Sleep;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole worker programs, killed and stopped while they work. */
@RabbitMq
class FleetTest {
  private static final Duration LIMIT = WorkerJvm.LIMIT;

  /** The client packs no more into one. */
  private static final int TASKS_OF_A_CHUNK = 250;

  private final VirtualHost host;
  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir Path folder;
  private WarrenClient client;
  private Outcomes outcomes;

  FleetTest(VirtualHost host) throws Exception {
    this.host = host;
    this.outcomes = new Outcomes(host);
    this.client = WarrenClient.connect(host.uri());
  }

  @BeforeEach
  void declareAndEmptyQueues() throws Exception {
    new Declarer(client.connections())
        .establish(
            TopologyMode.APPLY,
            Map.of("default", Set.of("echo", "sleep"), "cpu", Set.of("file.digest")));
    try (Connection connection = host.connect("purge")) {
      connection.createChannel().queuePurge(TopologyNames.work("default"));
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable part : opened.reversed()) {
      part.close();
    }
    client.close();
    outcomes.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyTaskHasItsResultAlthoughAWorkerIsKilledInTheMiddle(boolean chunks) {
    int tasks = 10_000;
    int prefetch = 50;
    WorkerJvm stays = worker("--prefetch", "default=" + prefetch).awaitReady();
    WorkerJvm dies = worker("--prefetch", "default=" + prefetch).awaitReady();

    CompletableFuture<Integer> doneAtKill =
        CompletableFuture.supplyAsync(
            () -> {
              await()
                  .atMost(LIMIT)
                  .pollInterval(Duration.ofMillis(2))
                  .until(() -> outcomes.tasks() > tasks / 10);
              dies.kill();
              return outcomes.tasks();
            });
    List<TaskHandle<Object>> handles;
    WarrenClient submitter = WarrenClient.builder().broker(host.uri()).chunks(chunks).connect();
    opened.add(submitter);
    try (Stream<TaskHandle<Object>> submitted =
        submitter.submitAll(
            Echo.TYPE,
            IntStream.range(0, tasks).mapToObj(number -> (Object) number),
            SubmitOptions.DEFAULT)) {
      handles = submitted.toList();
    }

    assertThat(doneAtKill.join()).as("killed in the middle").isBetween(tasks / 10, tasks - 1);
    for (int number = 0; number < tasks; number++) {
      assertThat(handles.get(number).await(LIMIT)).isEqualTo(number);
    }
    await().atMost(LIMIT).until(() -> outcomes.tasks() == tasks);
    assertThat(handles.stream().map(TaskHandle::id).distinct()).hasSize(tasks);
    assertThat(dies.awaitExit()).isEqualTo(128 + 9);
    // A duplicate is a task whose outcome was confirmed but whose delivery was not yet
    // acknowledged when its worker was killed: at most what that worker held. Of chunks it held as
    // many, and each is acknowledged when its last task is settled; but what was settled at the
    // kill is all that can come again.
    int held = chunks ? prefetch * TASKS_OF_A_CHUNK : prefetch;
    assertThat(outcomes.duplicates()).isLessThanOrEqualTo(Math.min(held, tasks - 1));
    assertThat(stays.handle().isAlive()).isTrue();
    awaitMessages(0);
  }

  @Test
  void sigtermFinishesWhatRunsGivesBackTheRestAndExitsWithZero() {
    WorkerJvm worker = worker("--virtual", "1", "--prefetch", "default=5", "--grace", "60s");
    worker.awaitReady();
    TaskHandle<Sleep.Result> running = client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(3_000));
    List<TaskId> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(3_600_000)).id());
    }
    worker.awaitRunning(1);
    awaitMessages(0);

    worker.terminate();

    assertThat(worker.awaitExit()).as(worker.text()).isZero();
    assertThat(running.await(LIMIT).slept()).isGreaterThanOrEqualTo(3_000);
    assertThat(waiting).allSatisfy(task -> assertThat(outcomes.of(task)).isEmpty());
    awaitMessages(4);
    assertThat(worker.text())
        .contains("SIGTERM")
        .contains("4 deliveries were given back unstarted");
  }

  @Test
  void aSecondSigtermEndsTheGrace() {
    WorkerJvm worker = worker("--grace", "1h");
    worker.awaitReady();
    TaskHandle<Sleep.Result> endless =
        client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(3_600_000));
    worker.awaitRunning(1);

    worker.terminate();
    worker.awaitLine("takes no more tasks");
    worker.terminate();

    assertThat(worker.awaitExit()).as(worker.text()).isZero();
    awaitMessages(1);
    assertThat(outcomes.of(endless.id())).isEmpty();
    assertThat(worker.text()).contains("stopping at once");
  }

  @Test
  void aSupervisorStartsAKilledWorkerAgainTellsWhatItRanAndStopsAll() {
    WorkerJvm supervisor = worker("--processes", "2", "--grace", "60s");
    supervisor.awaitLines("queue default: consuming", 2);
    TaskHandle<Sleep.Result> suspect =
        client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(3_600_000));
    supervisor.awaitRunning(1);

    // Whichever of the two runs it: both are killed, one after the other.
    List<ProcessHandle> children = supervisor.handle().children().toList();
    assertThat(children).hasSize(2);
    children.forEach(ProcessHandle::destroyForcibly);

    supervisor.awaitLine("suspect: task " + suspect.id() + " (sleep, attempt 1");
    supervisor.awaitLine("tasks that were running when predecessors of this worker crashed: 1 ");
    supervisor.awaitLines("queue default: consuming", 4);
    assertThat(supervisor.text()).contains("exit code 137 (signal 9)");
    assertThat(client.submit(Echo.TYPE, "still there").await(LIMIT)).isEqualTo("still there");

    supervisor.terminate();
    supervisor.awaitLine("SIGTERM: stopping 2 processes");
    supervisor.terminate();

    assertThat(supervisor.awaitExit()).as(supervisor.text()).isZero();
    awaitMessages(1);
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void childrenStopInOrderWhenTheirSupervisorIsKilled() {
    WorkerJvm supervisor = worker("--processes", "2");
    supervisor.awaitLines("queue default: consuming", 2);
    List<ProcessHandle> children = supervisor.handle().children().toList();
    assertThat(children).hasSize(2);

    supervisor.kill();

    await().atMost(LIMIT).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  private WorkerJvm worker(String... arguments) {
    WorkerJvm started =
        WorkerJvm.start(
            host.uri().toString(),
            folder.resolve("state"),
            Stream.concat(Stream.of(arguments), Stream.of("--health-port", "0"))
                .toArray(String[]::new));
    opened.add(started);
    return started;
  }

  private void awaitMessages(long waiting) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(host.readyCount(TopologyNames.work("default"))).isEqualTo(waiting));
  }
}
