package dev.warren.bench.chaos;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import dev.warren.bench.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A worker or gateway program, killed and started again. Each start has its own file of output and
 * its own health port. Not safe for concurrent use, but for {@link #ready}.
 */
final class FleetProgram implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  /** How it is started; the health port is added. */
  record Plan(
      String name,
      String main,
      String classPath,
      List<String> options,
      String brokerUri,
      Path logs) {
    Plan {
      options = List.copyOf(options);
    }
  }

  private record Running(OwnProcess process, URI health) {}

  private final Plan plan;
  private final HttpClient http;
  private volatile @Nullable Running running;
  private int starts;

  FleetProgram(Plan plan, HttpClient http) {
    this.plan = plan;
    this.http = http;
  }

  String name() {
    return plan.name();
  }

  void start() {
    int port = Ports.free();
    List<String> command = new ArrayList<>();
    command.add(OwnProcess.java());
    // Several JVMs on few cores: start fast, stay small.
    command.addAll(
        List.of("-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", plan.classPath(), plan.main()));
    command.addAll(List.of("--health-port", Integer.toString(port)));
    command.addAll(plan.options());
    Path output = plan.logs().resolve(plan.name() + "." + starts++ + ".log");
    running =
        new Running(
            OwnProcess.start(
                "the " + plan.name(),
                command,
                Map.of("WARREN_BROKER_URI", plan.brokerUri()),
                output),
            URI.create("http://127.0.0.1:" + port + "/health/ready"));
  }

  /** The process itself. */
  long pid() {
    return process().pid();
  }

  /** The processes that it supervises, the oldest first. */
  List<ProcessHandle> children() {
    return process()
        .handle()
        .children()
        .filter(ProcessHandle::isAlive)
        .sorted(Comparator.comparingLong(ProcessHandle::pid))
        .toList();
  }

  /** {@code kill -9}, of it alone. */
  void kill() throws InterruptedException {
    process().handle().destroyForcibly();
    boolean ended = process().awaitEnd(KILL_LIMIT);
    if (!ended) {
      throw new BenchException("the " + plan.name() + " could not be killed");
    }
  }

  /** SIGTERM, and waits for its end. */
  void stop() throws InterruptedException {
    process().handle().destroy();
    if (!process().awaitEnd(STOP_LIMIT)) {
      throw new BenchException(
          "the " + plan.name() + " did not stop within " + STOP_LIMIT.toSeconds() + " s");
    }
  }

  /** Whether it says that it is ready. */
  boolean ready() throws InterruptedException {
    Running now = running;
    if (now == null || !now.process().handle().isAlive()) {
      return false;
    }
    HttpRequest request = HttpRequest.newBuilder(now.health()).timeout(ANSWER_LIMIT).build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** What it said last. */
  String lastWords() {
    return process().lastWords();
  }

  boolean alive() {
    Running now = running;
    return now != null && now.process().handle().isAlive();
  }

  private OwnProcess process() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException(plan.name() + " was not started");
    }
    return now.process();
  }

  @Override
  public void close() {
    Running now = running;
    if (now != null) {
      now.process().close();
    }
  }
}
