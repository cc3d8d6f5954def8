package dev.warren.bench;

import dev.warren.api.TaskType;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs many {@code http.request} tasks at a slow server on one gateway, all submitted at once,
 * round after round on the same gateway.
 */
final class AsyncBench {
  private static final int DEFAULT_TASKS = 10_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final TaskType<Object, Object> HTTP_REQUEST =
      TaskType.of("http.request", Object.class, Object.class)
          .with(options -> options.withQueue("async"));

  private final BenchRun run;
  private final Settings settings;
  private final int tasks;
  private final int inFlight;
  private final int millis;

  AsyncBench(BenchRun run) {
    this.run = run;
    this.settings = run.settings();
    this.tasks = settings.find(BenchKeys.TASKS).orElse(DEFAULT_TASKS);
    this.inFlight = settings.get(BenchKeys.IN_FLIGHT);
    this.millis = settings.get(BenchKeys.ANSWER_MILLIS);
  }

  AsyncReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    if (machine.busy()) {
      run.say(
          "the machine is busy (load %.1f): figures will be worth little"
              .formatted(machine.load()));
    }
    try (BenchBroker.Place place = run.broker().place();
        SlowServer server = SlowServer.start(millis, run.workFolder().resolve("server.log"));
        FleetProcess gateway = gateway(place.settings());
        WarrenClient client = client(place.settings())) {
      Memory atStart = Memory.of(gateway);
      List<AsyncReport.Round> rounds = new ArrayList<>();
      for (int number = 1; number <= settings.get(BenchKeys.ROUNDS); number++) {
        rounds.add(round(number, place, server, gateway, client));
      }
      gateway.lines().stream()
          .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
          .forEach(line -> run.say("the gateway said: " + line));
      return new AsyncReport(
          began,
          machine,
          run.broker().version(),
          "%d http.request, answered after %d ms, %d in flight, JVM options '%s'"
              .formatted(
                  tasks,
                  millis,
                  inFlight,
                  settings.find(BenchKeys.GATEWAY_JAVA_OPTIONS).orElse("")),
          Math.ceilDiv(tasks, inFlight) * (millis / 1e3),
          atStart,
          rounds);
    }
  }

  private AsyncReport.Round round(
      int number,
      BenchBroker.Place place,
      SlowServer server,
      FleetProcess gateway,
      WarrenClient client)
      throws InterruptedException {
    long blockedBefore = gateway.count("warren_loop_blocked_total");
    Cores.Meter meter =
        Cores.Meter.start(
            new Cores.Sources(
                place::brokerTime,
                () -> ProcessorTime.of(ProcessHandle.current().pid()),
                gateway::processorTime));
    Tally result =
        new ClosedLoop(
                Submitters.single(client, HTTP_REQUEST, Map.of("url", server.url())), tasks, 1)
            .run(new Limit(tasks, LIMIT));
    Cores cores = meter.read();
    double seconds = result.seconds();
    run.say("round %d: %.2f s".formatted(number, seconds));
    return new AsyncReport.Round(
        number,
        result,
        seconds,
        gateway.count("warren_loop_blocked_total") - blockedBefore,
        Memory.of(gateway),
        cores);
  }

  private FleetProcess gateway(BrokerSettings at) throws InterruptedException {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--in-flight",
                Integer.toString(inFlight),
                "--log-format",
                "text",
                "--data",
                run.workFolder().resolve("gateway-data").toString(),
                "--set",
                "http.allow=127.0.0.1"));
    options.addAll(run.words(BenchKeys.GATEWAY_OPTIONS));
    return FleetProcess.gateway(
        at,
        options,
        run.words(BenchKeys.GATEWAY_JAVA_OPTIONS),
        run.workFolder().resolve("gateway.log"));
  }

  private WarrenClient client(BrokerSettings at) {
    return WarrenClient.builder()
        .broker(at)
        .role("bench")
        .waiting(true)
        .typeCache(run.workFolder().resolve("types"))
        .connect();
  }
}
