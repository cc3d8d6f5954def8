package dev.warren.worker.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.health.Health;
import dev.warren.worker.crash.RunFolder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are shell scripts: what becomes of them, without a broker. */
class CrewTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> CRASHES =
      List.of("/bin/sh", "-c", "echo the disk is full >&2; exit 3");
  private static final List<String> WORKS = List.of("/bin/sh", "-c", "read line");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  @TempDir private Path folder;
  private volatile List<String> command = WORKS;
  private RunFolder run;
  private Crew crew;
  private CrewHealth health;

  @BeforeEach
  void make() {
    run = RunFolder.create(folder);
    PrintStream output = new PrintStream(printed, true, UTF_8);
    crew =
        new Crew(
            new Child.Home(
                () -> command,
                run,
                output,
                output,
                () -> new RestartDelay(Duration.ofMillis(1)),
                code -> false,
                () -> {}));
    Supervisor.Plan plan =
        new Supervisor.Plan(
            ProcessRange.of(2),
            WORKS,
            Duration.ofSeconds(1),
            Optional.empty(),
            Optional.empty(),
            new Scaling(
                BrokerSettings.parse("amqp://127.0.0.1:1"),
                List.of("default"),
                Scaling.DEFAULT_WAIT,
                Scaling.DEFAULT_IDLE));
    ChildAsk ask = new ChildAsk(run, Optional.empty());
    health = new CrewHealth(crew, new Overseer(crew, ask, plan, () -> plan, (now, seen) -> {}));
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Child child : crew.stop(Duration.ofSeconds(1))) {
      child.awaitEnd(LIMIT);
    }
    run.close();
  }

  private Child start(List<String> with, ChildState.Phase until) {
    command = with;
    Child child = crew.startOne().orElseThrow();
    await()
        .atMost(LIMIT)
        .until(
            () ->
                child.state().phase() == until && (!with.equals(WORKS) || child.state().pid() > 0));
    return child;
  }

  private static ChildReport ready() {
    return ChildReport.of(
        JsonCodec.tree(
            JsonText.of("{\"status\":\"ready\",\"running\":1,\"waiting\":0}"), "health"));
  }

  @Test
  void whatKeepsCrashingIsCalledSoAndDoesNotCountWhileOthersWork() {
    Child works = start(WORKS, ChildState.Phase.RUNNING);
    Child loops = start(CRASHES, ChildState.Phase.LOOPING);
    Map<Child, ChildReport> reports = new LinkedHashMap<>();
    reports.put(works, ready());
    reports.put(loops, ChildReport.silent("it does not run"));

    Health with = health.health(reports);
    assertThat(with.ready()).isTrue();
    assertThat(with.about().at("/processes/1/status").asText()).isEqualTo("crash-looping");
    assertThat(with.about().at("/processes/1/reason").asText())
        .contains("it keeps crashing (exit code 3");
    assertThat(health.metrics(Map.of()))
        .contains("warren_process_looping{process=\"worker-2\"} 1")
        .contains("warren_process_looping{process=\"worker-1\"} 0");
    assertThat(printed.toString(UTF_8)).contains("[worker-2] the disk is full");

    reports.put(works, ChildReport.silent("it starts"));
    Health without = health.health(reports);
    assertThat(without.ready()).isFalse();
    assertThat(without.reason()).contains("worker-1: it starts");

    reports.remove(works);
    assertThat(health.health(reports).reason())
        .contains("no process takes work", "it keeps crashing (exit code 3");
  }

  @Test
  void aLoopEndsWhenTheCauseIsGone() {
    Child child = start(CRASHES, ChildState.Phase.LOOPING);

    command = WORKS;

    await().atMost(LIMIT).until(() -> child.state().pid() > 0 && child.state().restarts() >= 5);
    assertThat(child.state().told()).isEqualTo("exit code 3");
  }

  @Test
  void whatEndsAtOnceIsALoopAlthoughItSaysThatAllIsWell() {
    Child child = start(List.of("/bin/sh", "-c", "exit 0"), ChildState.Phase.LOOPING);

    assertThat(child.state().told()).isEqualTo("exit code 0");
  }

  @Test
  void numbersAreUsedAgainWhenTheirProcessHasEnded() {
    Child first = start(WORKS, ChildState.Phase.RUNNING);
    Child second = start(WORKS, ChildState.Phase.RUNNING);
    assertThat(List.of(first.label(), second.label())).containsExactly("worker-1", "worker-2");

    first.retire();
    await().atMost(LIMIT).until(() -> crew.all().equals(List.of(second)));

    assertThat(crew.startOne().orElseThrow().label()).isEqualTo("worker-1");
    assertThat(crew.working()).hasSize(2);
    crew.stop(Duration.ofSeconds(1));
    assertThat(crew.startOne()).isEmpty();
  }
}
