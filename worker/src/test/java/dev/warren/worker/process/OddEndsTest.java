package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Json;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.NotStartedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that end in ways that their worker does not hear of. */
class OddEndsTest {
  private static final String TASKS =
      """
      import os, signal, time, warren

      def start_another(context):
          another = os.fork()
          if another == 0:
              time.sleep(120)
              os._exit(0)
          context.log(str(another))

      @warren.task("odd.leaves")
      def leaves(arguments, context):
          start_another(context)
          return os.getpid()

      @warren.task("odd.dies")
      def dies(arguments, context):
          start_another(context)
          time.sleep(0.2)
          os._exit(7)

      @warren.task("odd.heeds")
      def heeds(arguments, context):
          def told(*ignored):
              raise KeyError("told")
          signal.signal(signal.SIGTERM, told)
          context.log("waits")
          while True:
              try:
                  time.sleep(60)
              except warren.Cancelled:
                  pass
              except KeyError:
                  return os.getpid()

      @warren.task("odd.floods")
      def floods(arguments, context):
          context.log("floods")
          context._link.receive = lambda: time.sleep(600)
          while True:
              context._say("submit", number=1, type="next.one", arguments=None)

      @warren.task("odd.daemon")
      def daemon(arguments, context):
          if os.fork() == 0:
              os.setsid()
              another = os.fork()
              if another == 0:
                  signal.signal(signal.SIGTERM, signal.SIG_IGN)
                  time.sleep(120)
              context.log(str(another))
              os._exit(0)
          signal.signal(signal.SIGTERM, signal.SIG_DFL)
          while True:
              try:
                  time.sleep(60)
              except warren.Cancelled:
                  pass

      warren.run()
      """;

  @TempDir private Path folder;

  private LaneUse lane() throws IOException {
    Files.copy(Path.of("src/main/helpers/python/warren.py"), folder.resolve("warren.py"));
    Path tasks = Files.writeString(folder.resolve("tasks.py"), TASKS);
    return LaneUse.ofCommand("python3 '" + tasks + "'");
  }

  /** What the last attempt started. */
  private static ProcessHandle another(LaneUse lane) {
    return ProcessHandle.of(Long.parseLong(lane.said().getFirst().substring("log ".length())))
        .orElseThrow();
  }

  private static boolean alive(LaneUse lane) {
    return ProcessHandle.of(Long.parseLong(lane.said().getFirst().substring("log ".length())))
        .map(ProcessHandle::isAlive)
        .orElse(false);
  }

  @Test
  void aProcessThatEndsWhileItWaitsIsReplacedAlthoughItsSocketStaysOpen() throws Exception {
    try (LaneUse lane = lane()) {
      long pid = Long.parseLong(lane.done("odd.leaves", "{}"));
      ProcessHandle first = another(lane);
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      await().atMost(LaneUse.LIMIT).until(() -> ProcessHandle.of(pid).isEmpty());

      assertThat(Long.parseLong(lane.done("odd.leaves", "{}"))).isNotEqualTo(pid);

      assertThat(first.destroyForcibly()).isTrue();
      assertThat(another(lane).destroyForcibly()).isTrue();
    }
  }

  @Test
  void anAttemptEndsWithItsProcessAndWhatThatStartedAlthoughItsSocketStaysOpen() throws Exception {
    try (LaneUse lane = lane()) {
      assertThat(LaneUse.failure(lane.run("odd.dies", "{}")))
          .contains("ProcessCrashed")
          .contains("exit code 7");

      assertThat(alive(lane)).isFalse();
    }
  }

  @Test
  void aProcessThatWasToldToEndGetsNoOtherAttempt() throws Exception {
    try (LaneUse lane = lane()) {
      LaneUse.Running running = lane.start("odd.heeds", "{}");
      await().atMost(LaneUse.LIMIT).until(() -> lane.said().contains("log waits"));
      running.thread().interrupt();
      String told = ((Verdict.Done<Json>) running.verdict()).result().text();

      assertThat(lane.done("odd.leaves", "{}")).isNotEqualTo(told);

      assertThat(another(lane).destroyForcibly()).isTrue();
    }
  }

  @Test
  void aDaemonThatAnAttemptHasStartedEndsWithIt() throws Exception {
    try (LaneUse lane = lane()) {
      LaneUse.Running running = lane.start("odd.daemon", "{}");
      await().atMost(LaneUse.LIMIT).until(() -> !lane.said().isEmpty());
      ProcessHandle daemon = another(lane);
      assertThat(daemon.isAlive()).isTrue();

      running.thread().interrupt();

      assertThat(LaneUse.failure(running.verdict())).contains("the process ended on SIGTERM");
      assertThat(daemon.isAlive()).isFalse();
    }
  }

  @Test
  void whoDoesNotReadWhatItIsToldIsEndedAllTheSame() throws Exception {
    try (LaneUse lane = lane()) {
      LaneUse.Running running = lane.start("odd.floods", "{}");
      AtomicInteger before = new AtomicInteger();
      await()
          .atMost(LaneUse.LIMIT)
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                int now = lane.said().size();
                return before.getAndSet(now) == now && now > 1;
              });

      running.thread().interrupt();

      assertThat(LaneUse.failure(running.verdict())).contains("SIGTERM");
    }
  }

  @Test
  void aCommandThatDoesNotComeUpAgainIsTroubleAndCostsNobodyAnAttempt() throws Exception {
    Files.copy(Path.of("src/main/helpers/python/warren.py"), folder.resolve("warren.py"));
    Path tasks = Files.writeString(folder.resolve("tasks.py"), TASKS);
    Path off = folder.resolve("off");
    Path starter =
        Files.writeString(
            folder.resolve("start.sh"),
            "if [ -e '%s' ]; then echo switched off; exit 0; fi; exec python3 '%s'"
                .formatted(off, tasks));
    try (LaneUse lane = LaneUse.ofCommand("sh '" + starter + "'")) {
      long pid = Long.parseLong(lane.done("odd.leaves", "{}"));
      assertThat(another(lane).destroyForcibly()).isTrue();
      assertThat(lane.trouble()).isEmpty();

      Files.createFile(off);
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      await()
          .atMost(LaneUse.LIMIT)
          .untilAsserted(
              () -> assertThat(lane.trouble()).get().asString().contains("switched off"));
      assertThatThrownBy(() -> lane.run("odd.leaves", "{}"))
          .hasCauseInstanceOf(NotStartedException.class)
          .hasMessageContaining("no child process comes up");

      Files.delete(off);
      // The next start may be later than an attempt waits for it: then its task comes again.
      await()
          .atMost(LaneUse.LIMIT)
          .ignoreExceptionsMatching(none -> none.getCause() instanceof NotStartedException)
          .untilAsserted(() -> assertThat(lane.done("odd.leaves", "{}")).isNotEmpty());
      assertThat(another(lane).destroyForcibly()).isTrue();
      await().atMost(LaneUse.LIMIT).until(() -> lane.trouble().isEmpty());
    }
  }

  @Test
  void aLaneWhoseCommandDoesNotStartCanBeClosed() {
    ProcessSettings settings =
        new ProcessSettings(
            1,
            ProcessSettings.DEFAULT_HEAP,
            ProcessSettings.DEFAULT_PATIENCE,
            1,
            ProcessSettings.DEFAULT_MEMORY,
            List.of("false"));
    try (ProcessLane none = new ProcessLane(settings, List.of(), Map.of())) {
      assertThatThrownBy(() -> none.start(List.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("false");
    }
  }
}
