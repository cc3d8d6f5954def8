package dev.warren.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A process that a benchmark starts and ends. Its output goes to a file. It gets only the
 * environment that it is given: settings of the user's fleet must not reach it.
 */
public final class OwnProcess implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final List<String> PASSED_ON = List.of("PATH", "HOME", "LANG", "HOSTNAME");

  private final String name;
  private final Process process;
  private final Path output;

  private OwnProcess(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts one.
   *
   * @param output the file for what it says; its folder is where it runs
   */
  public static OwnProcess start(
      String name, List<String> command, Map<String, String> environment, Path output) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    // Away from configuration files of the user.
    Path folder = Objects.requireNonNull(output.toAbsolutePath().getParent(), "no root");
    builder.directory(folder.toFile());
    builder.environment().keySet().retainAll(PASSED_ON);
    builder.environment().put("XDG_CONFIG_HOME", folder.toString());
    builder.environment().putAll(environment);
    try {
      return new OwnProcess(name, builder.start(), output);
    } catch (IOException failed) {
      throw new BenchException(name + " cannot be started: " + failed.getMessage(), failed);
    }
  }

  /** The JVM that runs this program. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Its process. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Waits until it ends; false if the limit passes first. */
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Its exit code, once it has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** What it has said. */
  public List<String> lines() {
    try {
      return Files.readAllLines(output);
    } catch (IOException unreadable) {
      throw new BenchException("the output of " + name + " cannot be read", unreadable);
    }
  }

  /** Writes a line to its input. */
  public void say(String line) {
    try {
      OutputStream input = process.getOutputStream();
      input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException ended) {
      throw new BenchException(name + " takes no input any more:\n" + lastWords(), ended);
    }
  }

  /** What it said last, for an error. */
  public String lastWords() {
    List<String> lines = lines();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  /** Ends it at once, with all that it has started. */
  public void kill() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }

  /** Asks it to end and, where that does not help, ends it with all that it has started. */
  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroy();
    try {
      if (!awaitEnd(STOP_LIMIT)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    started.forEach(ProcessHandle::destroyForcibly);
  }
}
