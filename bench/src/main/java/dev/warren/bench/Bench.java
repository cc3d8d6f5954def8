package dev.warren.bench;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.producer.WarrenClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a scenario, in turns with PerfTest, each measurement in a virtual host of its own. */
final class Bench {
  private static final String QUEUE = "default";
  private static final String RECORDED = "warren_aggregate_recorded_total";
  private static final Duration RECORD_LIMIT = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final Settings settings;
  private final BenchBroker broker;
  private final @Nullable PerfTest perfTest;
  private final Path workFolder;
  private final Consumer<String> progress;
  private final int seconds;
  private final int window;
  private final int bytes;

  Bench(Settings settings, BenchBroker broker, Path workFolder, Consumer<String> progress) {
    this.settings = settings;
    this.broker = broker;
    this.workFolder = workFolder;
    this.progress = progress;
    this.perfTest = settings.get(BenchKeys.PERF_TEST) ? PerfTest.find() : null;
    this.seconds = settings.get(BenchKeys.SECONDS);
    this.window = settings.get(BenchKeys.WINDOW);
    this.bytes = settings.get(BenchKeys.BYTES);
  }

  Report run(Scenario scenario) throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    if (machine.busy()) {
      progress.accept(
          "the machine is busy (load %.1f): figures will be worth little"
              .formatted(machine.load()));
    }
    List<Report.Round> rounds = new ArrayList<>();
    List<Report.LatencyRound> latencies = new ArrayList<>();
    for (int number = 1; number <= settings.get(BenchKeys.ROUNDS); number++) {
      switch (scenario) {
        case E2E -> rounds.add(withPerfTest(endToEnd(number)));
        case AGGREGATE -> rounds.add(withPerfTest(aggregated(number)));
        case ENQUEUE -> rounds.add(withPerfTest(enqueue(number)));
        case LATENCY -> {
          for (int rate : rates()) {
            latencies.add(latency(number, rate));
          }
        }
        case ASYNC, DELAYED, WAYS, PROCESS, LIMITS, FAULTS ->
            throw new IllegalArgumentException("has a report of its own");
      }
    }
    return new Report(
        scenario.name().toLowerCase(java.util.Locale.ROOT),
        began,
        machine,
        broker.version(),
        perfTest == null || rounds.isEmpty()
            ? null
            : perfTest.version() + ": " + PerfTest.options(seconds, bytes),
        setting(),
        rounds,
        latencies);
  }

  private String setting() {
    return "echo of %d bytes, window %d, %s, worker options '%s'"
        .formatted(
            bytes,
            window,
            settings.find(BenchKeys.TASKS).map(n -> n + " tasks").orElse(seconds + " s"),
            settings.find(BenchKeys.WORKER_OPTIONS).orElse(""));
  }

  private List<Integer> rates() {
    try {
      return settings.get(BenchKeys.RATES).stream().map(Integer::valueOf).toList();
    } catch (NumberFormatException unreadable) {
      throw new ConfigurationException("--rates takes whole numbers, as in 100,1000", unreadable);
    }
  }

  private Load.Limit limit() {
    return settings
        .find(BenchKeys.TASKS)
        .map(tasks -> new Load.Limit(tasks, Duration.ofHours(1)))
        .orElseGet(() -> new Load.Limit(Long.MAX_VALUE, Duration.ofSeconds(seconds)));
  }

  private Report.Round endToEnd(int number) throws InterruptedException {
    try (BenchBroker.Place place = broker.place();
        FleetProcess worker = worker(place.settings(), number);
        WarrenClient client = client(place.settings(), true)) {
      Cores.Meter meter = meter(place, worker);
      Load.Result result = new Load(client, bytes).endToEnd(window, limit());
      Cores cores = meter.read();
      long duplicates =
          worker.attempts().stream()
              .map(attempts -> attempts - result.rate().count())
              .findFirst()
              .orElse(-1);
      return new Report.Round(number, result, duplicates, cores, null);
    }
  }

  /** As end to end, beside a gateway that stores every outcome; its cores count as the worker's. */
  private Report.Round aggregated(int number) throws InterruptedException {
    try (BenchBroker.Place place = broker.place();
        FleetProcess gateway = gateway(place.settings(), number);
        FleetProcess worker = worker(place.settings(), number);
        WarrenClient client = client(place.settings(), true)) {
      Cores.Meter meter = meter(place, worker, gateway);
      Load.Result result = new Load(client, bytes).endToEnd(window, limit());
      Cores cores = meter.read();
      long began = System.nanoTime();
      long recorded = awaitRecorded(gateway, result.rate().count());
      progress.accept(
          "round %d: the gateway recorded %,d of %,d outcomes, all %.1f s after the load, in %.0f MiB"
              .formatted(
                  number,
                  recorded,
                  result.rate().count(),
                  (System.nanoTime() - began) / 1e9,
                  Memory.of(gateway).residentPeak()));
      if (recorded < result.rate().count()) {
        throw new BenchException("the gateway did not record all outcomes");
      }
      return new Report.Round(number, result, -1, cores, null);
    }
  }

  private static long awaitRecorded(FleetProcess gateway, long count) throws InterruptedException {
    long deadline = System.nanoTime() + RECORD_LIMIT.toNanos();
    long recorded = gateway.sum(RECORDED).orElse(0);
    while (recorded < count && System.nanoTime() - deadline < 0 && !gateway.awaitEnd(LOOK_AGAIN)) {
      recorded = gateway.sum(RECORDED).orElse(0);
    }
    return recorded;
  }

  private FleetProcess gateway(BrokerSettings at, int number) throws InterruptedException {
    return FleetProcess.gateway(
        at,
        List.of(
            "--log-format",
            "text",
            "--http",
            "127.0.0.1:0",
            "--data",
            workFolder.resolve("gateway-" + number).toString()),
        // As the launcher starts it.
        List.of("-XX:+UseSerialGC", "-Xms48m", "-Xmx1g"),
        workFolder.resolve("gateway-" + number + ".log"));
  }

  private Report.Round enqueue(int number) throws InterruptedException {
    try (BenchBroker.Place place = broker.place()) {
      new Declarer(new Connections(place.settings(), ProcessName.of("bench")))
          .apply(Topology.fleet().and(Topology.workQueue(QUEUE)).and(Topology.type(QUEUE, "echo")));
      try (WarrenClient client = client(place.settings(), false)) {
        Cores.Meter meter = meter(place);
        Load.Result result = new Load(client, bytes).enqueue(window, limit());
        return new Report.Round(number, result, -1, meter.read(), null);
      }
    }
  }

  private Report.LatencyRound latency(int number, int perSecond) throws InterruptedException {
    try (BenchBroker.Place place = broker.place();
        FleetProcess worker = worker(place.settings(), number);
        WarrenClient client = client(place.settings(), true)) {
      Cores.Meter meter = meter(place, worker);
      Load.OpenResult result =
          new Load(client, bytes).openLoop(perSecond, Duration.ofSeconds(seconds));
      progress.accept(
          "round %d, %d/s: p50 %.2f ms, p99 %.2f ms"
              .formatted(number, perSecond, result.latency().p50(), result.latency().p99()));
      return new Report.LatencyRound(number, perSecond, result, meter.read());
    }
  }

  private Report.Round withPerfTest(Report.Round round) throws InterruptedException {
    progress.accept(
        "round %d: Warren %.0f/s".formatted(round.number(), round.warren().rate().steady()));
    if (perfTest == null) {
      return round;
    }
    try (BenchBroker.Place place = broker.place()) {
      Path output = workFolder.resolve("perf-test-" + round.number() + ".log");
      PerfTest.Result result = perfTest.run(place, seconds, bytes, output);
      progress.accept(
          "round %d: PerfTest %.0f/s".formatted(round.number(), result.rate().steady()));
      return round.with(result);
    }
  }

  private FleetProcess worker(BrokerSettings at, int number) throws InterruptedException {
    return FleetProcess.worker(
        at,
        words(BenchKeys.WORKER_OPTIONS),
        words(BenchKeys.WORKER_JAVA_OPTIONS),
        workFolder.resolve("worker-" + number + ".log"));
  }

  private List<String> words(Key<String> key) {
    return settings.find(key).map(text -> List.of(text.strip().split("\\s+"))).orElse(List.of());
  }

  private WarrenClient client(BrokerSettings at, boolean waiting) {
    return WarrenClient.builder()
        .broker(at)
        .role("bench")
        .window(window)
        .waiting(waiting)
        .typeCache(workFolder.resolve("types"))
        .connect();
  }

  private static Cores.Meter meter(BenchBroker.Place place, FleetProcess... fleet) {
    return Cores.Meter.start(
        new Cores.Sources(
            place::brokerTime,
            () -> ProcessorTime.of(ProcessHandle.current().pid()),
            () ->
                Arrays.stream(fleet)
                    .map(FleetProcess::processorTime)
                    .reduce(Duration.ZERO, Duration::plus)));
  }
}
