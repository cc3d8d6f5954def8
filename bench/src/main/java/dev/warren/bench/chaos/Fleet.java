package dev.warren.bench.chaos;

import dev.warren.bench.BenchException;
import dev.warren.bench.Ports;
import dev.warren.testkit.FaultProxy;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The workers and the gateway of a run, each part behind a network that can fail. */
final class Fleet implements AutoCloseable {
  private static final String WORKER = "dev.warren.worker.WorkerMain";
  private static final String GATEWAY = "dev.warren.gateway.GatewayMain";
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /**
   * How big it is.
   *
   * @param supervisors worker programs
   * @param processes JVMs under each of them
   */
  record Size(int supervisors, int processes) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final FaultProxy workersLine;
  private final FaultProxy gatewayLine;
  private final FaultProxy clientLine;
  private final List<FleetProgram> workers = new ArrayList<>();
  private final FleetProgram gateway;
  private final URI gatewayUri;
  private final Path books;

  Fleet(ChaosBroker broker, Size size, Path folder) {
    workersLine = FaultProxy.to(broker.uris());
    gatewayLine = FaultProxy.to(broker.uris());
    clientLine = FaultProxy.to(broker.uris());
    books = folder.resolve("books");
    Path logs = made(folder.resolve("logs"));
    String classPath = withChaosTasks(folder);
    for (int i = 1; i <= size.supervisors(); i++) {
      workers.add(
          new FleetProgram(
              new FleetProgram.Plan(
                  "worker-" + i,
                  WORKER,
                  classPath,
                  List.of(
                      "--queues",
                      ChaosTasks.QUEUE + "," + ChaosTasks.WAITING_QUEUE,
                      "--processes",
                      Integer.toString(size.processes()),
                      "--threads",
                      Integer.toString(4 * size.processes()),
                      "--virtual",
                      "20",
                      "--broker-heartbeat",
                      "5s",
                      "--grace",
                      "10s",
                      "--log-format",
                      "text",
                      "--state-dir",
                      folder.resolve("state-" + i).toString(),
                      "--set",
                      ChaosTasks.BOOKS + "=" + books),
                  workersLine.uri().toString(),
                  logs),
              http));
    }
    int port = Ports.free();
    gatewayUri = URI.create("http://127.0.0.1:" + port);
    gateway =
        new FleetProgram(
            new FleetProgram.Plan(
                "gateway",
                GATEWAY,
                System.getProperty("java.class.path"),
                List.of(
                    "--http",
                    "127.0.0.1:" + port,
                    "--broker-heartbeat",
                    "5s",
                    "--log-format",
                    "text",
                    "--data",
                    folder.resolve("gateway").toString()),
                gatewayLine.uri().toString(),
                logs),
            http);
  }

  /** The class path of this program, and what makes a worker find the tasks of the load on it. */
  private static String withChaosTasks(Path folder) {
    Path extra = folder.resolve("tasks");
    Path services = made(extra.resolve("META-INF/services"));
    try {
      Files.writeString(
          services.resolve("dev.warren.api.TaskProvider"), ChaosTasks.class.getName() + "\n");
    } catch (IOException failed) {
      throw new BenchException("the tasks of the load cannot be offered", failed);
    }
    return extra + File.pathSeparator + System.getProperty("java.class.path");
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException failed) {
      throw new BenchException("no folder " + folder, failed);
    }
  }

  /** Starts all of it, and waits until it is ready. */
  void start() throws InterruptedException {
    workers.forEach(FleetProgram::start);
    gateway.start();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!ready()) {
      for (FleetProgram program : programs()) {
        if (!program.alive() || System.nanoTime() - deadline > 0) {
          throw new BenchException(
              "the " + program.name() + " does not start:\n" + program.lastWords());
        }
      }
      boolean _ = never.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Whether every process of it says that it is ready. */
  boolean ready() throws InterruptedException {
    for (FleetProgram program : programs()) {
      if (!program.ready()) {
        return false;
      }
    }
    return true;
  }

  private List<FleetProgram> programs() {
    List<FleetProgram> all = new ArrayList<>(workers);
    all.add(gateway);
    return all;
  }

  List<FleetProgram> workers() {
    return List.copyOf(workers);
  }

  FleetProgram gateway() {
    return gateway;
  }

  /** The gateway's HTTP API. */
  URI gatewayUri() {
    return gatewayUri;
  }

  /** Where workers write down what they run. */
  Path books() {
    return books;
  }

  /** Where whoever submits finds the broker. */
  URI clientUri() {
    return clientLine.uri();
  }

  /** A part of the network. */
  record Lines(String name, List<FaultProxy> lines) {}

  /** One of the parts of the network, or all of it. */
  Lines lines(int choice) {
    return switch (choice % 5) {
      case 0 -> new Lines("workers", List.of(workersLine));
      case 1 -> new Lines("gateway", List.of(gatewayLine));
      case 2 -> new Lines("submitters", List.of(clientLine));
      default -> new Lines("all", List.of(workersLine, gatewayLine, clientLine));
    };
  }

  @Override
  public void close() {
    // Without faults, so that it ends in order.
    List<FaultProxy> lines = List.of(workersLine, gatewayLine, clientLine);
    lines.forEach(FaultProxy::restore);
    for (FleetProgram program : programs()) {
      program.close();
    }
    lines.forEach(FaultProxy::close);
    http.close();
  }
}
