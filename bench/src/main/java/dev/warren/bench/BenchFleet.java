package dev.warren.bench;

import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.producer.ClientBuilder;
import dev.warren.producer.WarrenClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A virtual host of its own, a worker and, if planned, a gateway, each in a JVM of its own, and a
 * client in this one. They live until they are closed, so that they can be warmed up. For one
 * thread.
 */
public final class BenchFleet implements AutoCloseable {
  /** For the names of log files and folders: several fleets may share the work folder. */
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final BenchBroker.Place place;
  private final @Nullable FleetProcess gateway;
  private final FleetProcess worker;
  private final WarrenClient client;

  private BenchFleet(BenchRun run, FleetPlan plan) throws InterruptedException {
    int number = NUMBER.incrementAndGet();
    try {
      URI http = URI.create("http://127.0.0.1:" + Ports.free());
      place = run.broker().place();
      started.push(place);
      gateway = plan.gateway() ? gateway(run, http, number) : null;
      worker = worker(run, plan, number);
      ClientBuilder builder =
          WarrenClient.builder()
              .broker(place.settings())
              .role("bench")
              .window(plan.window())
              .waiting(true)
              .typeCache(run.workFolder().resolve("types"));
      client = plan.gateway() ? builder.gateway(http).connect() : builder.connect();
      started.push(client);
    } catch (WarrenException | InterruptedException failed) {
      close();
      throw failed;
    }
  }

  /** Starts all of it, and waits until it consumes. */
  public static BenchFleet open(BenchRun run, FleetPlan plan) throws InterruptedException {
    return new BenchFleet(run, plan);
  }

  private FleetProcess gateway(BenchRun run, URI http, int number) throws InterruptedException {
    Path data = run.workFolder().resolve("gateway-" + number);
    List<String> options =
        new ArrayList<>(
            List.of(
                "--log-format", "text", "--http", http.getAuthority(), "--data", data.toString()));
    options.addAll(run.words(BenchKeys.GATEWAY_OPTIONS));
    FleetProcess process =
        FleetProcess.gateway(
            place.settings(),
            options,
            run.words(BenchKeys.GATEWAY_JAVA_OPTIONS),
            run.workFolder().resolve("gateway-" + number + ".log"));
    started.push(process);
    return process;
  }

  private FleetProcess worker(BenchRun run, FleetPlan plan, int number)
      throws InterruptedException {
    List<String> options = new ArrayList<>(plan.workerOptions());
    options.addAll(run.words(BenchKeys.WORKER_OPTIONS));
    FleetProcess process =
        FleetProcess.worker(
            place.settings(),
            options,
            run.words(BenchKeys.WORKER_JAVA_OPTIONS),
            run.workFolder().resolve("worker-" + number + ".log"));
    started.push(process);
    return process;
  }

  public WarrenClient client() {
    return client;
  }

  public BrokerSettings broker() {
    return place.settings();
  }

  public FleetProcess worker() {
    return worker;
  }

  public Optional<FleetProcess> gateway() {
    return Optional.ofNullable(gateway);
  }

  /** Broker, client, worker and, if there is one, gateway. */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    parts.add(place.part());
    parts.add(Part.ofThisProcess("client"));
    parts.add(Part.ofTree("worker", worker.handle()));
    gateway().ifPresent(process -> parts.add(Part.ofTree("gateway", process.handle())));
    return parts;
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      AutoCloseable last = started.pop();
      try {
        last.close();
      } catch (RuntimeException failed) {
        throw failed;
      } catch (Exception checked) {
        throw new BenchException("cannot be closed: " + last, checked);
      }
    }
  }
}
