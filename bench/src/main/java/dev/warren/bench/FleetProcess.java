package dev.warren.bench;

import dev.warren.engine.connection.BrokerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A real {@code warren worker} or {@code warren gateway} with the built-in tasks, in JVMs of its
 * own.
 */
public final class FleetProcess implements AutoCloseable {
  private static final String WORKER = "dev.warren.worker.WorkerMain";
  private static final String GATEWAY = "dev.warren.gateway.GatewayMain";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int READINGS = 10;
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  private final OwnProcess process;
  private final URI health;
  private final HttpClient http = HttpClient.newHttpClient();

  private FleetProcess(OwnProcess process, URI health) {
    this.process = process;
    this.health = health;
  }

  /**
   * Starts a worker and waits until it consumes.
   *
   * @param jvmOptions beside those of the launcher
   */
  public static FleetProcess worker(
      BrokerSettings broker, List<String> options, List<String> jvmOptions, Path output)
      throws InterruptedException {
    return start(WORKER, broker, options, jvmOptions, output);
  }

  /**
   * Starts a gateway and waits until it consumes.
   *
   * @param jvmOptions beside those of the launcher
   */
  public static FleetProcess gateway(
      BrokerSettings broker, List<String> options, List<String> jvmOptions, Path output)
      throws InterruptedException {
    return start(GATEWAY, broker, options, jvmOptions, output);
  }

  private static FleetProcess start(
      String main,
      BrokerSettings broker,
      List<String> options,
      List<String> jvmOptions,
      Path output)
      throws InterruptedException {
    int port = Ports.free();
    List<String> command = new ArrayList<>();
    command.add(OwnProcess.java());
    ShippedJvm shipped = main.equals(WORKER) ? ShippedJvm.WORKER : ShippedJvm.GATEWAY;
    command.addAll(shipped.flags(jvmOptions));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of("--health-port", Integer.toString(port)));
    command.addAll(options);
    Map<String, String> environment =
        Map.of("WARREN_BROKER_URI", broker.uriWithCredentials().reveal());
    FleetProcess started =
        new FleetProcess(
            OwnProcess.start(
                "the " + (main.equals(WORKER) ? "worker" : "gateway"),
                command,
                environment,
                output),
            URI.create("http://127.0.0.1:" + port));
    try {
      started.awaitReady();
      return started;
    } catch (BenchException | InterruptedException failed) {
      started.close();
      throw failed;
    }
  }

  public Duration processorTime() {
    return ProcessorTime.ofTree(process.handle());
  }

  /** Waits until it ends; false if the limit passes first. */
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return process.awaitEnd(limit);
  }

  public long pid() {
    return process.pid();
  }

  /** Its process, with those that it has started below it. */
  public ProcessHandle handle() {
    return process.handle();
  }

  /** What its check of readiness answers, ready or not; empty if it does not answer. */
  public String readiness() {
    return get("/health/ready", true);
  }

  /** What it has said. */
  public List<String> lines() {
    return process.lines();
  }

  /** How many attempts have ended, from its metrics. */
  long attempts() throws InterruptedException {
    return count("warren_attempts_total");
  }

  /**
   * The sum of the lines of its metrics that begin so; 0 if there are none yet.
   *
   * @throws BenchException if it does not tell, though asked several times
   */
  public long count(String beginning) throws InterruptedException {
    for (int asked = 0; asked < READINGS; asked++) {
      String metrics = get("/metrics", false);
      if (!metrics.isEmpty()) {
        return sumIn(metrics, beginning).orElse(0);
      }
      if (process.awaitEnd(LOOK_AGAIN)) {
        break;
      }
    }
    throw new BenchException(
        "it does not tell its metrics (%s):%n%s".formatted(beginning, process.lastWords()));
  }

  /** The sum of the lines of its metrics that begin so; empty if there are none. */
  public OptionalLong sum(String beginning) {
    return sumIn(get("/metrics", false), beginning);
  }

  static OptionalLong sumIn(String metrics, String beginning) {
    double sum = 0;
    boolean found = false;
    for (String line : metrics.lines().toList()) {
      if (line.startsWith(beginning)) {
        found = true;
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return found ? OptionalLong.of(Math.round(sum)) : OptionalLong.empty();
  }

  private void awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!ready()) {
      if (process.awaitEnd(LOOK_AGAIN) || System.nanoTime() - deadline > 0) {
        throw new BenchException("it is not ready:\n" + process.lastWords());
      }
    }
  }

  private boolean ready() {
    return !get("/health/ready", false).isEmpty();
  }

  /** The body of an answer, or of a good one only, else empty. */
  private String get(String path, boolean any) {
    HttpRequest request =
        HttpRequest.newBuilder(health.resolve(path)).timeout(ANSWER_LIMIT).build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return any || answer.statusCode() == 200 ? answer.body() : "";
    } catch (IOException notYet) {
      return "";
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Ends it at once, with all that it has started, as a crash would. */
  public void kill() {
    http.close();
    process.kill();
  }

  @Override
  public void close() {
    http.close();
    process.close();
  }
}
