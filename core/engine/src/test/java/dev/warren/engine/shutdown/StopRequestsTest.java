package dev.warren.engine.shutdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StopRequestsTest {
  @Test
  void theFirstRequestCountsOnceAndTheUrgentOneToo() throws Exception {
    StopRequests requests = new StopRequests();
    List<String> told = new CopyOnWriteArrayList<>();
    requests.whenAsked(() -> told.add("asked"));
    requests.whenUrgent(() -> told.add("urgent"));

    requests.stopInOrder("first");
    requests.stopInOrder("second");
    assertThat(requests.await()).isEqualTo("first");
    assertThat(told).containsExactly("asked");

    requests.stopNow("third");
    requests.stopNow("fourth");
    assertThat(told).containsExactly("asked", "urgent");
    assertThat(requests.interrupted()).isFalse();
  }

  @Test
  void whoRegistersLateIsToldAtOnce() {
    StopRequests requests = new StopRequests();
    requests.stopNow("hurry");
    List<String> told = new CopyOnWriteArrayList<>();

    requests.whenAsked(() -> told.add("asked"));
    requests.whenUrgent(() -> told.add("urgent"));

    assertThat(told).containsExactly("asked", "urgent");
  }

  @Test
  void whoIsRetiredMayTakeItsTimeUntilItIsToldToHurry() throws Exception {
    PipedInputStream input = new PipedInputStream();
    try (OutputStream supervisor = new PipedOutputStream(input)) {
      StopRequests requests = StopRequests.fromSupervisor(input);
      List<String> told = new CopyOnWriteArrayList<>();
      requests.whenUrgent(() -> told.add("urgent"));

      supervisor.write("retire\nretire\nstop\n".getBytes(StandardCharsets.UTF_8));
      supervisor.flush();
      assertThat(requests.await()).isEqualTo("the supervisor needs it no more");
      assertThat(requests.patient()).isTrue();
      assertThat(told).isEmpty();

      supervisor.write("stop now\n".getBytes(StandardCharsets.UTF_8));
      supervisor.flush();
      await().until(() -> told.equals(List.of("urgent")));
      assertThat(requests.patient()).isTrue();
    }
  }

  @Test
  void whoIsStoppedInOrderIsNotPatient() throws Exception {
    StopRequests requests =
        StopRequests.fromSupervisor(
            new ByteArrayInputStream("stop\nretire\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(requests.await()).isEqualTo("the supervisor says so");
    assertThat(requests.patient()).isFalse();
  }

  @Test
  void aSupervisorStopsByLinesAndByItsEnd() throws Exception {
    PipedInputStream input = new PipedInputStream();
    try (OutputStream supervisor = new PipedOutputStream(input)) {
      StopRequests requests = StopRequests.fromSupervisor(input);
      List<String> told = new CopyOnWriteArrayList<>();
      requests.whenUrgent(() -> told.add("urgent"));

      supervisor.write("stop\n".getBytes(StandardCharsets.UTF_8));
      supervisor.flush();
      assertThat(requests.await()).isEqualTo("the supervisor says so");
      assertThat(told).isEmpty();

      supervisor.write("stop now\n".getBytes(StandardCharsets.UTF_8));
      supervisor.flush();
      await().until(() -> told.equals(List.of("urgent")));
    }
    StopRequests orphan =
        StopRequests.fromSupervisor(
            new ByteArrayInputStream("gibberish\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(orphan.await()).isEqualTo("the supervisor is gone");
  }

  @Test
  void signalsAreHeardTheSecondOneToo() throws Exception {
    for (String second : List.of("TERM", "INT")) {
      List<String> command = new ArrayList<>(hearing());
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(SignalledProgram.class.getName());
      Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
      // A program that does not hear its signal would wait for it for ever.
      Executor later = CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES);
      CompletableFuture<Void> unused = CompletableFuture.runAsync(program::destroyForcibly, later);
      try (var lines = program.inputReader()) {
        assertThat(lines.readLine()).isEqualTo("waiting");
        signal(program, "TERM");
        assertThat(lines.readLine()).isEqualTo("asked by SIGTERM");
        signal(program, second);
        assertThat(lines.readLine()).isEqualTo("urgent, interrupted: " + second.equals("INT"));
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
      } finally {
        program.destroyForcibly();
      }
    }
  }

  /**
   * What makes a program hear SIGINT although the shell that runs these tests in the background
   * ignores it, and with it all that it starts; nothing where that cannot be done.
   */
  private static List<String> hearing() throws Exception {
    List<String> prefix = List.of("env", "--default-signal=INT");
    List<String> trial = Stream.concat(prefix.stream(), Stream.of("true")).toList();
    return new ProcessBuilder(trial).start().waitFor() == 0 ? prefix : List.of();
  }

  private static void signal(Process program, String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(program.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
