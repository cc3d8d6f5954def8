package dev.warren.tasks.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Failure;
import dev.warren.api.RejectedTask;
import dev.warren.api.Verdict;
import dev.warren.tasks.AttemptInTest;
import dev.warren.tasks.RegistryInTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that really run. */
class ExecTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PATH",
          "/usr/local/bin:/usr/bin:/bin",
          "HOME",
          "/nowhere",
          "WARREN_BROKER_PASSWORD",
          "secret",
          "DATABASE_PASSWORD",
          "secret",
          "COLOUR",
          "blue");

  @TempDir private Path folder;
  private Exec exec;
  private final RunningCommands running = new RunningCommands();
  private final AttemptInTest attempt = new AttemptInTest();

  @BeforeEach
  void allow() {
    exec = with(Map.of("files-root", folder.toString()));
  }

  private Exec with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("exec-allow", "sh, cat,printf,env,pwd");
    all.put("exec-environment", "COLOUR,SIZE");
    return new Exec(settings(all).orElseThrow(), running);
  }

  private static Optional<ExecSettings> settings(Map<String, String> settings) {
    return ExecSettings.of(new RegistryInTest(settings), ENVIRONMENT);
  }

  private Exec.Result done(Exec.Arguments arguments) throws IOException {
    Verdict<Exec.Result> verdict = exec.handle(arguments, attempt);
    assertThat(verdict).isInstanceOf(Verdict.Done.class);
    return ((Verdict.Done<Exec.Result>) verdict).result();
  }

  private static Failure failure(Verdict<Exec.Result> verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Retry.class);
    return ((Verdict.Retry<Exec.Result>) verdict).failure();
  }

  /** A script for {@code sh}, with what else the builder says. */
  private static Exec.Arguments script(String text) {
    return Exec.Arguments.of("sh", "-c", text);
  }

  @Test
  void aCommandIsWordsWhateverIsInThem() throws IOException {
    List<String> words =
        List.of("$HOME", "; echo hurt", "a b", "*", "'", "\"", "-n", "`id`", "ü\n");
    List<String> command = new ArrayList<>(List.of("printf", "[%s]"));
    command.addAll(words);

    Exec.Result result = done(Exec.Arguments.of(command.toArray(String[]::new)));

    assertThat(result.stdout()).isEqualTo("[" + String.join("][", words) + "]");
    assertThat(result.exitCode()).isZero();
    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdoutTruncated() || result.stderrTruncated()).isFalse();
  }

  @Test
  void itIsRegisteredWhereProgramsAreAllowedForAsManyAtOnceAsCores() {
    RegistryInTest open = new RegistryInTest(Map.of("exec-allow", "sh"));
    Exec.register(open);
    RegistryInTest closed = new RegistryInTest(Map.of());
    Exec.register(closed);

    assertThat(open.registered).containsOnly(Map.entry("exec", "default virtual"));
    assertThat(open.limits)
        .containsOnly(Map.entry("exec", Runtime.getRuntime().availableProcessors()));
    assertThat(closed.registered).isEmpty();
  }

  @Test
  void onlyWhatIsAllowedRuns() {
    assertThatThrownBy(() -> exec.handle(Exec.Arguments.of("id"), attempt))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("'id'");
    assertThat(settings(Map.of())).isEmpty();
    assertThat(settings(Map.of("exec-allow", " , "))).isEmpty();
  }

  @Test
  void theEnvironmentHasNoSecretsAndOnlyWhatMayBeSet() throws IOException {
    Exec.Arguments arguments =
        new Exec.Arguments(
            List.of("env"), null, null, null, Map.of("SIZE", "9"), null, null, null, null, null);

    List<String> variables = done(arguments).stdout().lines().toList();

    assertThat(variables)
        .contains(
            "PATH=" + ENVIRONMENT.get("PATH"),
            "HOME=/nowhere",
            "COLOUR=blue",
            "SIZE=9",
            "TASK_ID=" + attempt.id(),
            "TASK_ATTEMPT=1",
            "TASK_IDEMPOTENCY_KEY=" + attempt.idempotencyKey())
        .noneMatch(line -> line.contains("secret") || line.startsWith("WARREN_"));
    assertThatThrownBy(
            () ->
                exec.handle(
                    new Exec.Arguments(
                        List.of("env"),
                        null,
                        null,
                        null,
                        Map.of("LD_PRELOAD", "/x"),
                        null,
                        null,
                        null,
                        null,
                        null),
                    attempt))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("LD_PRELOAD");
    assertThatThrownBy(() -> settings(Map.of("exec-environment", "WARREN_BROKER_PASSWORD")))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> settings(Map.of("exec-environment", "A B")))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void standardInputIsATextAFileOrNothing() throws IOException {
    Files.writeString(folder.resolve("in.txt"), "from a file");

    assertThat(done(Exec.Arguments.of("cat")).stdout()).isEmpty();
    assertThat(done(input("from the task", null)).stdout()).isEqualTo("from the task");
    assertThat(done(input(null, "in.txt")).stdout()).isEqualTo("from a file");
    assertThatThrownBy(() -> exec.handle(input(null, "/etc/passwd"), attempt))
        .isInstanceOf(RejectedTask.class);
  }

  private static Exec.Arguments input(@Nullable String text, @Nullable String file) {
    return new Exec.Arguments(List.of("cat"), text, file, null, null, null, null, null, null, null);
  }

  @Test
  void standardOutputMayBeAFileWhichAppearsOnlyAfterSuccess() throws IOException {
    Exec.Arguments good = output("echo whole", "out/a.txt");
    Exec.Arguments bad = output("echo half; exit 3", "out/b.txt");

    assertThat(done(good).stdout()).isEmpty();
    assertThat(failure(exec.handle(bad, attempt)).message()).contains("exit code 3");

    assertThat(folder.resolve("out/a.txt")).hasContent("whole");
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      assertThat(files).hasSize(1);
    }
    assertThatThrownBy(() -> exec.handle(output("echo", "../x"), attempt))
        .isInstanceOf(RejectedTask.class);
  }

  private static Exec.Arguments output(String script, String file) {
    return new Exec.Arguments(
        List.of("sh", "-c", script), null, null, file, null, null, null, null, null, null);
  }

  @Test
  void itRunsInTheFilesRootAFolderBelowItOrAFreshOne() throws IOException {
    Files.createDirectory(folder.resolve("inner"));

    assertThat(done(Exec.Arguments.of("pwd")).stdout().strip())
        .isEqualTo(folder.toRealPath().toString());
    assertThat(done(in("inner", null)).stdout().strip())
        .isEqualTo(folder.toRealPath().resolve("inner").toString());
    Path fresh = Path.of(done(in(null, true)).stdout().strip());
    assertThat(fresh).doesNotExist();
    assertThat(fresh.getParent()).doesNotExist();
    assertThatThrownBy(() -> exec.handle(in("..", null), attempt)).isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> exec.handle(in("absent", null), attempt))
        .isInstanceOf(RejectedTask.class);
    exec = with(Map.of());
    assertThat(Path.of(done(Exec.Arguments.of("pwd")).stdout().strip())).doesNotExist();
  }

  private static Exec.Arguments in(@Nullable String name, @Nullable Boolean fresh) {
    return new Exec.Arguments(
        List.of("pwd"), null, null, null, null, name, fresh, null, null, null);
  }

  @Test
  void ofMuchOutputTheBeginningOrTheEndIsKeptAndTheRestRead() throws IOException {
    String words = "i=0; while [ $i -lt 20000 ]; do echo $i; echo e$i >&2; i=$((i+1)); done";
    Exec.Result result =
        done(
            new Exec.Arguments(
                List.of("sh", "-c", words), null, null, null, null, null, null, 20, null, null));

    assertThat(result.stdout()).isEqualTo("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    assertThat(result.stderr()).isEqualTo("19997\ne19998\ne19999\n");
    assertThat(result.stdoutTruncated() && result.stderrTruncated()).isTrue();
  }

  @Test
  void anExitCodeIsAFailureUnlessItIsSaidToBeFine() throws IOException {
    String text = "echo no such thing >&2; exit 4";
    Failure failure = failure(exec.handle(script(text), attempt));
    assertThat(failure.type()).isEqualTo("ExecFailed");
    assertThat(failure.message()).isEqualTo("sh ended with exit code 4: no such thing");

    assertThat(done(codes(text, List.of(0, 4), null)).exitCode()).isEqualTo(4);
    assertThat(exec.handle(codes(text, null, List.of(4)), attempt))
        .isInstanceOf(Verdict.Reject.class);
    assertThat(failure(exec.handle(script("kill -9 $$"), attempt)).message())
        .contains("exit code 137 (SIGKILL)");
  }

  private static Exec.Arguments codes(
      String script, @Nullable List<Integer> ok, @Nullable List<Integer> reject) {
    return new Exec.Arguments(
        List.of("sh", "-c", script), null, null, null, null, null, null, null, ok, reject);
  }

  @Test
  void whoIsToldToStopIsEndedWithAllItStarted() throws Exception {
    // The second one leaves its parent, and hears no SIGTERM.
    Stopped stopped =
        stopAfter(
            Thread::interrupt,
            "sleep 300 & (trap '' TERM; setsid sh -c 'sleep 301; :' &) ; echo $!; touch started; wait");

    assertThat(stopped.failure().type()).isEqualTo("ExecStopped");
    assertThat(stopped.failure().message()).contains("had to be killed");
    assertThat(stopped.left()).isEmpty();
  }

  @Test
  void whoHearsSigtermIsNotKilled() throws Exception {
    Stopped stopped =
        stopAfter(
            Thread::interrupt, "trap 'echo bye >&2; exit 0' TERM; touch started; sleep 300 & wait");

    assertThat(stopped.failure().message()).contains("SIGTERM has ended it").endsWith(": bye");
    assertThat(stopped.left()).isEmpty();
  }

  @Test
  void whoLeavesSomethingBehindIsNotWaitedFor() throws Exception {
    Exec.Result result = done(script("sleep 300 & echo over"));

    assertThat(result.stdout()).isEqualTo("over\n");
    List<ProcessHandle> left = left();
    assertThat(left).hasSize(1);
    left.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void noCommandOutlivesItsWorker() throws Exception {
    Stopped stopped = stopAfter(lane -> running.endAll(), "touch started; sleep 300");

    assertThat(stopped.failure().message()).contains("SIGTERM");
    assertThat(stopped.left()).isEmpty();
  }

  private record Stopped(Failure failure, List<ProcessHandle> left) {}

  /** Runs a script, which makes a file {@code started}, and then stops it in some way. */
  private Stopped stopAfter(Consumer<Thread> stop, String text) throws Exception {
    CompletableFuture<Verdict<Exec.Result>> verdict = new CompletableFuture<>();
    Thread lane =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    verdict.complete(exec.handle(script(text), attempt));
                  } catch (IOException | RuntimeException failed) {
                    verdict.completeExceptionally(failed);
                  }
                });
    await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("started")));
    stop.accept(lane);
    Failure failure = failure(verdict.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
    return new Stopped(failure, left());
  }

  /** Processes that a command of this test has left running. */
  private List<ProcessHandle> left() {
    return ProcessHandle.allProcesses().filter(this::isOurs).toList();
  }

  private boolean isOurs(ProcessHandle process) {
    Path variables = Path.of("/proc", String.valueOf(process.pid()), "environ");
    try {
      return Files.readString(variables, StandardCharsets.ISO_8859_1)
          .contains("TASK_ID=" + attempt.id());
    } catch (IOException somebodyElses) {
      return false;
    }
  }

  @Test
  void argumentsThatMakeNoSenseAreRejected() {
    assertThatThrownBy(() -> Exec.Arguments.of())
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("'command' is missing");
    assertThatThrownBy(() -> Exec.Arguments.of("cat", "a\0b")).isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> input("text", "file")).isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> in("inner", true)).isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> codes("", List.of(256), null)).isInstanceOf(RejectedTask.class);
  }
}
