package dev.warren.bench.latency;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import dev.warren.bench.ProcessorTime;
import dev.warren.engine.connection.BrokerSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link LatencyProgram} in a JVM of its own; it ends with this one. For one thread. */
final class ProgramProcess implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final Path errors;
  private final BufferedReader answers;
  private final Writer orders;

  private ProgramProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.answers = process.inputReader();
    this.orders = process.outputWriter();
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param errors the file for what it complains about; its folder is where it runs
   */
  static ProgramProcess start(
      BrokerSettings broker, List<String> jvmOptions, List<String> words, Path errors) {
    List<String> command = new ArrayList<>(List.of(OwnProcess.java(), "-Xshare:auto"));
    command.addAll(jvmOptions);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), LatencyProgram.class.getName()));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    Path folder = Objects.requireNonNull(errors.toAbsolutePath().getParent(), "no root");
    builder.directory(folder.toFile());
    // By the environment, because the URI holds the password.
    builder.environment().put("WARREN_BROKER_URI", broker.uriWithCredentials().reveal());
    ProgramProcess started;
    try {
      started = new ProgramProcess(builder.start(), errors);
    } catch (IOException failed) {
      throw new BenchException("a program of the benchmark cannot be started: " + failed, failed);
    }
    try {
      started.answer();
      return started;
    } catch (BenchException notReady) {
      started.close();
      throw notReady;
    }
  }

  long pid() {
    return process.pid();
  }

  Duration processorTime() {
    return ProcessorTime.of(process.pid());
  }

  /** An open loop at a fixed rate; the first part of it is not counted. */
  Measured open(int perSecond, Duration settling, Duration time) {
    return order("open %d %d %d".formatted(perSecond, settling.toMillis(), time.toMillis()));
  }

  /** A closed loop with so many unfinished tasks. */
  Measured closed(int window, Duration time) {
    return order("closed %d %d".formatted(window, time.toMillis()));
  }

  private Measured order(String words) {
    try {
      orders.write(words + "\n");
      orders.flush();
    } catch (IOException ended) {
      throw new BenchException("a program of the benchmark has ended:\n" + complaints(), ended);
    }
    return Measured.of(answer());
  }

  private String answer() {
    @Nullable String line;
    try {
      line = answers.readLine();
    } catch (IOException broken) {
      throw new BenchException("a program of the benchmark does not answer", broken);
    }
    if (line == null) {
      throw new BenchException("a program of the benchmark has ended:\n" + complaints());
    }
    return line;
  }

  private String complaints() {
    try {
      return Files.readString(errors);
    } catch (IOException none) {
      return "(it said nothing)";
    }
  }

  @Override
  public void close() {
    try {
      orders.close();
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException ended) {
      process.destroyForcibly();
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
