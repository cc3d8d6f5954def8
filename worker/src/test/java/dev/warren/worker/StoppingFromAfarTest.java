package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Grant;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.StoppingProcess;
import dev.warren.producer.WarrenClient;
import dev.warren.tasks.Echo;
import dev.warren.tasks.Sleep;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Worker programs that {@code warren worker drain} and {@code restart} are said to. */
@RabbitMq
class StoppingFromAfarTest {
  private static final Duration LIMIT = WorkerJvm.LIMIT;

  private final VirtualHost host;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final WarrenClient client;
  private final Outcomes outcomes;
  @TempDir private Path folder;

  StoppingFromAfarTest(VirtualHost host) throws Exception {
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

  private CommandProgram.Answer warren(String... arguments) throws Exception {
    return CommandProgram.run(host.uri(), folder, arguments);
  }

  private List<String> processes() {
    return client.fleet().ping(Duration.ofSeconds(3)).stream().map(Pong::process).toList();
  }

  private void awaitProcesses(int count) {
    await().atMost(LIMIT).until(() -> processes().size() == count);
  }

  @Test
  void aDrainedWorkerEndsWhatRunsGivesBackTheRestAndExitsWithZero() throws Exception {
    WorkerJvm worker = worker("--virtual", "1", "--prefetch", "default=3").awaitReady();
    awaitProcesses(1);
    TaskHandle<Sleep.Result> running = client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(3_000));
    List<TaskId> waiting = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      waiting.add(client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(3_600_000)).id());
    }
    worker.awaitRunning(1);
    String name = processes().getFirst();

    // Not by the command line, which takes too long to start: what runs should not have ended.
    try (StoppingProcess stopping =
        client.fleet().stop(name, StopOrder.Action.DRAIN, "ops", LIMIT).orElseThrow()) {
      assertThat(stopping.process()).isEqualTo(name);
      assertThat(stopping.refused()).isEmpty();
      assertThat(stopping.supervised()).isFalse();
      assertThat(stopping.grace()).hasSeconds(30);
      StoppingProcess.Report report = stopping.awaitDrained(LIMIT).orElseThrow();
      assertThat(report.returned()).isEqualTo(2);
      assertThat(report.interrupted()).isZero();
    }
    assertThat(worker.awaitExit()).as(worker.text()).isZero();
    assertThat(worker.text()).contains("told to drain by ops");
    assertThat(running.await(LIMIT).slept()).isGreaterThanOrEqualTo(3_000);
    assertThat(waiting).allSatisfy(task -> assertThat(outcomes.of(task)).isEmpty());
  }

  @Test
  void aSupervisedWorkerIsStartedAgainWhenItIsRestartedAndNotWhenItIsDrained() throws Exception {
    WorkerJvm supervisor = worker("--processes", "2");
    supervisor.awaitLines("queue default: consuming", 2);
    awaitProcesses(2);
    List<String> before = processes();

    CommandProgram.Answer restarted = warren("worker", "restart", before.getFirst(), "-o", "json");

    assertThat(restarted.exit()).as(restarted.err()).isZero();
    List<String> after = processes();
    assertThat(after).hasSize(2).contains(before.getLast()).doesNotContain(before.getFirst());
    String successor =
        after.stream().filter(name -> !before.contains(name)).findAny().orElseThrow();
    assertThat(restarted.out())
        .contains("\"process\":\"" + before.getFirst() + "\"", "\"ended\":true")
        .contains("\"interrupted\":0", "\"successor\":\"" + successor + "\"");
    assertThat(restarted.err()).contains("takes no more tasks", "has taken its place");
    assertThat(supervisor.text()).contains("has drained and ended; starting it again");

    CommandProgram.Answer drained = warren("worker", "drain", successor);
    assertThat(drained.exit()).as(drained.err()).isZero();
    supervisor.awaitLine("was told to drain and has ended; it is not started again");
    awaitProcesses(1);
    assertThat(client.submit(Echo.TYPE, "still there").await(LIMIT)).isEqualTo("still there");

    assertThat(warren("worker", "drain", "--all").exit()).isZero();
    assertThat(supervisor.awaitExit()).as(supervisor.text()).isZero();
    assertThat(supervisor.text()).contains("all processes were told to drain");
  }

  @Test
  void aWorkerWithoutASupervisorSaysWhoMustStartIt() throws Exception {
    WorkerJvm worker = worker().awaitReady();
    awaitProcesses(1);

    CommandProgram.Answer answer = warren("worker", "restart", "--all");

    assertThat(answer.exit()).as(answer.err()).isZero();
    assertThat(answer.err()).contains("nothing of Warren supervises it", "must start it again");
    assertThat(worker.awaitExit()).isZero();
  }

  @Test
  void aRollingRestartStopsWhereNobodyTakesTheFirstOnesPlace() throws Exception {
    worker().awaitReady();
    worker().awaitReady();
    awaitProcesses(2);

    CommandProgram.Answer answer = warren("worker", "restart", "--all", "--timeout", "3s");

    assertThat(answer.exit()).as(answer.err()).isEqualTo(1);
    assertThat(answer.err()).contains("nobody has taken the place", "the other 1 were left");
    awaitProcesses(1);
  }

  @Test
  void unknownNamesStopNobodyAndStrangersMayNotStopAnybody() throws Exception {
    WorkerJvm worker = worker().awaitReady();
    awaitProcesses(1);
    String name = processes().getFirst();

    CommandProgram.Answer unknown = warren("worker", "drain", name, "nobody@nowhere:1");
    assertThat(unknown.exit()).isEqualTo(4);
    assertThat(unknown.err()).contains("no process 'nobody@nowhere:1' answers");
    assertThat(warren("worker", "drain").exit()).isEqualTo(2);
    assertThat(warren("worker", "drain", name, "--all").exit()).isEqualTo(2);

    URI producer =
        host.createUser(
            Permissions.of(
                Grant.PRODUCER.configure(), Grant.PRODUCER.write(), Grant.PRODUCER.read()));
    CommandProgram.Answer refused =
        CommandProgram.run(producer, folder, "worker", "drain", "--all");
    assertThat(refused.exit()).as(refused.err()).isEqualTo(4);
    assertThat(refused.err()).contains(TopologyNames.CONTROL);

    assertThat(worker.handle().isAlive()).isTrue();
    assertThat(processes()).containsExactly(name);
  }

  @Test
  void aRollingRestartUnderLoadGivesEveryTaskOneOutcomeWithItsFirstAttempt() throws Exception {
    WorkerJvm supervisor = worker("--processes", "3", "--prefetch", "default=20");
    supervisor.awaitLines("queue default: consuming", 3);
    awaitProcesses(3);
    List<String> before = processes();
    AtomicBoolean over = new AtomicBoolean();
    List<TaskHandle<Object>> submitted = new ArrayList<>();
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              int number = 0;
              while (!over.get()) {
                List<Object> hundred = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                  hundred.add(number++);
                }
                try (Stream<TaskHandle<Object>> sent =
                    client.submitAll(Echo.TYPE, hundred.stream(), SubmitOptions.DEFAULT)) {
                  submitted.addAll(sent.toList());
                }
                TaskHandle<Sleep.Result> slow =
                    client.submit(Sleep.TYPE, Sleep.Arguments.ofMillis(50));
                assertThat(slow.await(LIMIT).slept()).isGreaterThanOrEqualTo(50);
              }
            });

    CommandProgram.Answer answer = warren("worker", "restart", "--all");
    over.set(true);
    load.join();

    assertThat(answer.exit()).as(answer.err()).isZero();
    assertThat(processes()).hasSize(3).doesNotContainAnyElementsOf(before);
    assertThat(submitted).hasSizeGreaterThan(300);
    for (int number = 0; number < submitted.size(); number++) {
      assertThat(submitted.get(number).await(LIMIT)).isEqualTo(number);
    }
    for (TaskHandle<Object> task : submitted) {
      assertThat(outcomes.of(task.id()))
          .singleElement()
          .extracting(OutcomeEvent::attempt)
          .isEqualTo(1);
    }
    assertThat(outcomes.duplicates()).isZero();
    assertThat(host.readyCount(TopologyNames.work("default"))).isZero();
  }
}
