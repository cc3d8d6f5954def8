package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The worker program in a JVM of its own, as a user would run it. */
final class WorkerJvm implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(90);

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  private WorkerJvm(Process process) {
    this.process = process;
    this.readers = List.of(read(process.inputReader()), read(process.errorReader()));
  }

  /** Starts it with its state in a folder; the address with its password travels by environment. */
  static WorkerJvm start(String brokerUri, Path state, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Several JVMs on few cores: start fast, stay small.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(WorkerMain.class.getName());
    command.addAll(List.of("--state-dir", state.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // What whoever runs the tests has set for himself is none of theirs.
    builder.environment().keySet().removeIf(name -> name.startsWith("WARREN_"));
    builder.environment().put("WARREN_BROKER_URI", brokerUri);
    builder.environment().put("WARREN_LOG_FORMAT", "text");
    try {
      return new WorkerJvm(builder.start());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Thread read(BufferedReader output) {
    return Thread.ofVirtual().start(() -> output.lines().forEach(lines::add));
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  String text() {
    return String.join("\n", lines);
  }

  /** Waits for a line with a text in it, and answers it. */
  String awaitLine(String part) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .failFast(
            "the worker ended without saying it",
            () ->
                assertThat(process.isAlive() || lines.stream().anyMatch(l -> l.contains(part)))
                    .as("'%s' in:%n%s", part, text())
                    .isTrue())
        .until(() -> lines.stream().anyMatch(line -> line.contains(part)));
    return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
  }

  /** Waits until a text was said so often. */
  void awaitLines(String part, int times) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .failFast(
            "the worker ended",
            () -> assertThat(process.isAlive()).as("it said:%n%s", text()).isTrue())
        .until(() -> lines.stream().filter(line -> line.contains(part)).count() >= times);
  }

  /** Waits until it consumes the queue {@code default}. */
  WorkerJvm awaitReady() {
    awaitLine("queue default: consuming");
    return this;
  }

  /** Waits until so many tasks run in it, all its processes together. */
  void awaitRunning(int tasks) {
    awaitLine("health and metrics are at ");
    URI health =
        lines.stream()
            .filter(line -> !line.startsWith("[") && line.contains("health and metrics are at "))
            .map(line -> URI.create(line.replaceAll(".* are at ", "")))
            .findFirst()
            .orElseThrow();
    await().atMost(LIMIT).until(() -> Http.sum(health, "warren_attempts_running") == tasks);
  }

  /** {@code kill -TERM}. */
  void terminate() {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
  }

  /** Waits for its end. */
  int awaitExit() {
    try {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("the worker ends; it said:%n%s", text())
          .isTrue();
      for (Thread reader : readers) {
        reader.join(LIMIT);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
