package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Failure;
import dev.warren.api.Json;
import dev.warren.api.Priority;
import dev.warren.api.TaskId;
import dev.warren.api.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The helpers for other languages, each with the same tasks. */
class CommandTasksTest {
  private static final Path HELPERS = Path.of("src/main/helpers");

  @TempDir private Path folder;

  enum Language {
    PYTHON("python3", "python/warren.py", "tasks.py"),
    NODE("node", "node/warren.mjs", "tasks.mjs");

    private final String program;
    private final String helper;
    private final String tasks;

    Language(String program, String helper, String tasks) {
      this.program = program;
      this.helper = helper;
      this.tasks = tasks;
    }

    LaneUse lane(Path folder) throws IOException {
      Path helperFile = HELPERS.resolve(helper);
      Files.copy(helperFile, folder.resolve(helperFile.getFileName()));
      try (var source = CommandTasksTest.class.getResourceAsStream(tasks)) {
        assertThat(source).as(tasks).isNotNull();
        Files.copy(source, folder.resolve(tasks));
      }
      return LaneUse.ofCommand(program + " '" + folder.resolve(tasks) + "'");
    }
  }

  @ParameterizedTest
  @EnumSource
  void typesComeWithTheirOptions(Language language) throws Exception {
    try (LaneUse lane = language.lane(folder)) {
      var type = lane.type("other.same");
      assertThat(type.options().queue()).isEqualTo("cpu");
      assertThat(type.options().timeLimit()).isEqualTo(Duration.ofSeconds(90));
      assertThat(type.options().retry().maxAttempts()).isEqualTo(3);
      assertThat(type.options().priority()).isEqualTo(Priority.HIGH);
      assertThat(type.description()).isEqualTo("Gives back what it gets.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void valuesContextAndSettingsCross(Language language) throws Exception {
    try (LaneUse lane = language.lane(folder)) {
      assertThat(lane.done("other.same", "{\"a\":[1,null,\"ü\\u0000\",true]}"))
          .isEqualTo("{\"a\":[1,null,\"ü\\u0000\",true]}");
      assertThat(lane.done("other.same", "\"" + "x".repeat(1_000_000) + "\"")).hasSize(1_000_002);
      assertThat(lane.done("other.talks", "{}"))
          .isEqualTo(
              "\"%s %s 3 2 hi\""
                  .formatted(
                      TaskId.derived(lane.context().id(), 2, "submit/1"),
                      lane.context().idempotencyKey()));
      assertThat(lane.said())
          .containsExactly("progress 0.5 half", "log hello", "submit next.one to cpu: {\"n\":1}");
    }
  }

  @ParameterizedTest
  @EnumSource
  void errorsAreVerdicts(Language language) throws Exception {
    try (LaneUse lane = language.lane(folder)) {
      assertThat(LaneUse.failure(lane.run("other.fails", "\"plain\""))).contains("broken");
      assertThat(lane.run("other.fails", "\"snooze\""))
          .isEqualTo(Verdict.snooze(Duration.ofMillis(2_500)));
      Verdict<Json> later = lane.run("other.fails", "\"later\"");
      assertThat(LaneUse.failure(later)).contains("busy");
      assertThat(((Verdict.Retry<Json>) later).after()).contains(Duration.ofSeconds(7));
      assertThat(lane.run("other.fails", "\"never\""))
          .isEqualTo(Verdict.reject(Failure.of("Rejected", "hopeless")));
      assertThat(LaneUse.failure(lane.run("other.fails", "\"exit\"")))
          .contains("ProcessCrashed")
          .contains("exit code 9");
      assertThat(lane.done("other.same", "1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsIsToldToStopAndItsProcessStays(Language language) throws Exception {
    try (LaneUse lane = language.lane(folder)) {
      String before = lane.done("other.pid", "null");
      LaneUse.Running running = lane.start("other.waits", "{}");
      await().atMost(LaneUse.LIMIT).until(() -> lane.said().contains("log waits"));

      running.thread().interrupt();

      assertThat(running.verdict()).isEqualTo(Verdict.done(new Json("\"stopped\"")));
      assertThat(lane.done("other.pid", "null")).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoDoesNotListenIsEnded(Language language) throws Exception {
    try (LaneUse lane = language.lane(folder)) {
      LaneUse.Running running = lane.start("other.spins", "{}");
      await().atMost(LaneUse.LIMIT).until(() -> lane.said().contains("log spins"));

      running.thread().interrupt();

      assertThat(LaneUse.failure(running.verdict())).contains("ProcessStopped");
      assertThat(lane.done("other.same", "1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProgramThatCannotStartIsSaid(Language language) {
    assertThatThrownBy(() -> LaneUse.ofCommand(language.program + " /nowhere/tasks"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("/nowhere/tasks");
  }
}
