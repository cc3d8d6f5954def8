package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Json;
import dev.warren.api.Verdict;
import dev.warren.worker.TaskJarBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLaneTest {
  @TempDir private static Path folder;
  private static Path jar;

  private LaneUse lane;

  @BeforeAll
  static void build() throws IOException {
    jar =
        TaskJarBuilder.in(folder)
            .provider(
                "Odd",
                """
                registry.register(TaskType.of("odd.pid", Object.class, Long.class), Lane.PROCESS,
                    (a, context) -> ProcessHandle.current().pid());
                registry.register(TaskType.of("odd.same", dev.warren.api.Json.class, dev.warren.api.Json.class), Lane.PROCESS,
                    (a, context) -> a);
                registry.register(TaskType.of("odd.halt", Integer.class, Object.class), Lane.PROCESS,
                    (code, context) -> { System.err.println("farewell"); Runtime.getRuntime().halt(code); return null; });
                registry.register(TaskType.of("odd.exit", Integer.class, Object.class), Lane.PROCESS,
                    (code, context) -> { System.exit(code); return null; });
                registry.register(TaskType.of("odd.memory", Object.class, Object.class), Lane.PROCESS,
                    (a, context) -> { var all = new java.util.ArrayList<byte[]>(); while (true) { all.add(new byte[8 << 20]); } });
                registry.register(TaskType.of("odd.spin", Object.class, Object.class), Lane.PROCESS,
                    (a, context) -> { context.log("spins"); while (true) { Thread.onSpinWait(); } });
                registry.register(TaskType.of("odd.stubborn", Object.class, Object.class), Lane.PROCESS,
                    (a, context) -> {
                      Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) { java.util.concurrent.locks.LockSupport.park(); } }));
                      Process started = new ProcessBuilder("sleep", "600").start();
                      context.log(ProcessHandle.current().pid() + " " + started.pid());
                      while (true) { Thread.onSpinWait(); }
                    });
                registry.register(TaskType.of("odd.heeds", Object.class, String.class), Lane.PROCESS,
                    (a, context) -> {
                      context.log("waits");
                      try { new java.util.concurrent.CountDownLatch(1).await(); return "";
                      } catch (InterruptedException told) { return "stopped " + context.cancelled(); }
                    });
                registry.register(TaskType.of("odd.talks", Object.class, String.class), Lane.PROCESS,
                    (a, context) -> {
                      System.out.println("noise on standard output");
                      context.progress(0.5, "half");
                      context.log("hello");
                      return context.submit(
                          TaskType.of("next.one", Object.class, Object.class).with(o -> o.withQueue("cpu")),
                          java.util.Map.of("n", 1)) + " " + context.idempotencyKey() + " " + context.attempt()
                          + " " + context.generation() + " " + context.deadline();
                    });
                registry.register(TaskType.of("odd.large", Integer.class, String.class), Lane.PROCESS,
                    (size, context) -> "x".repeat(size));
                registry.register(TaskType.of("odd.fails", Object.class, Object.class), Lane.PROCESS,
                    (a, context) -> { throw new IllegalStateException("broken"); });
                """)
            .build("odd.jar");
  }

  @BeforeEach
  void open() {
    lane = LaneUse.ofJar(jar, 1_000);
  }

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  void argumentsAndResultsCrossAsTheyAre() throws Exception {
    String odd = "{\"n\":1.000000000000000000001,\"s\":\"ü\\u0000\",\"l\":[null,true,1e400]}";
    String large = "\"" + "x".repeat(1_000_000) + "\"";

    assertThat(lane.done("odd.same", odd)).isEqualTo(odd);
    assertThat(lane.done("odd.same", large)).isEqualTo(large);
  }

  @Test
  void aWarmProcessRunsOneTaskAfterTheOtherAndIsReplacedAfterSoMany() throws Exception {
    lane.close();
    lane = LaneUse.ofJar(jar, 3);
    Set<String> processes = new HashSet<>();
    for (int i = 0; i < 7; i++) {
      processes.add(lane.done("odd.pid", "null"));
    }

    assertThat(processes).hasSize(3).doesNotContain(String.valueOf(ProcessHandle.current().pid()));
  }

  @Test
  void whatAnAttemptSaysAndAsksReachesItsContext() throws Exception {
    String result = lane.done("odd.talks", "{}");

    assertThat(result)
        .contains(lane.context().idempotencyKey() + " 3 2 2030-01-01T00:00:00Z")
        .contains(dev.warren.api.TaskId.derived(lane.context().id(), 2, "submit/1").toString());
    assertThat(lane.said())
        .containsExactly("progress 0.5 half", "log hello", "submit next.one to cpu: {\"n\":1}");
  }

  @Test
  void anErrorIsTheFailureOfTheAttemptAndTheProcessGoesOn() throws Exception {
    String before = lane.done("odd.pid", "null");

    assertThat(LaneUse.failure(lane.run("odd.fails", "{}")))
        .contains("java.lang.IllegalStateException: broken");
    assertThat(lane.done("odd.pid", "null")).isEqualTo(before);
  }

  @Test
  void aResultThatNoMessageTakesIsRejectedAndTheProcessGoesOn() throws Exception {
    String before = lane.done("odd.pid", "null");

    assertThat(lane.run("odd.large", "5000000"))
        .isInstanceOfSatisfying(
            Verdict.Reject.class,
            reject -> assertThat(reject.failure().type()).isEqualTo(Failure.RESULT_TOO_LARGE));
    assertThat(lane.done("odd.pid", "null")).isEqualTo(before);
  }

  @Test
  void aCrashCostsTheAttemptAndSaysHowTheProcessEnded() throws Exception {
    assertThat(LaneUse.failure(lane.run("odd.halt", "7")))
        .contains("ProcessCrashed")
        .contains("exit code 7");
    assertThat(LaneUse.failure(lane.run("odd.exit", "0"))).contains("exit code 0");
    assertThat(LaneUse.failure(lane.run("odd.memory", "{}"))).contains("exit code 3");
    assertThat(lane.done("odd.same", "1")).isEqualTo("1");
  }

  @Test
  void aHandlerThatHeedsItsInterruptAnswersAndItsProcessStays() throws Exception {
    String before = lane.done("odd.pid", "null");
    LaneUse.Running running = lane.start("odd.heeds", "{}");
    await().atMost(LaneUse.LIMIT).until(() -> lane.said().contains("log waits"));

    running.thread().interrupt();

    assertThat(running.verdict()).isEqualTo(Verdict.done(new Json("\"stopped true\"")));
    assertThat(lane.done("odd.pid", "null")).isEqualTo(before);
  }

  @Test
  void anEndlessLoopIsEndedWithItsProcess() throws Exception {
    LaneUse.Running running = lane.start("odd.spin", "{}");
    await().atMost(LaneUse.LIMIT).until(() -> lane.said().contains("log spins"));

    running.thread().interrupt();

    assertThat(LaneUse.failure(running.verdict())).contains("ProcessStopped").contains("SIGTERM");
    assertThat(lane.done("odd.same", "1")).isEqualTo("1");
  }

  @Test
  void whatDoesNotEndOnSigtermIsKilledWithWhatItStarted() throws Exception {
    LaneUse.Running running = lane.start("odd.stubborn", "{}");
    await().atMost(LaneUse.LIMIT).until(() -> !lane.said().isEmpty());
    List<Long> pids =
        List.of(lane.said().getFirst().substring("log ".length()).split(" ")).stream()
            .map(Long::valueOf)
            .toList();

    running.thread().interrupt();

    assertThat(LaneUse.failure(running.verdict())).contains("SIGKILL");
    assertThat(pids)
        .hasSize(2)
        .noneMatch(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    assertThat(lane.done("odd.same", "1")).isEqualTo("1");
  }
}
