package dev.warren.bench;

import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.producer.WarrenClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How much one worker takes: tasks that wait for a second each, many at once, on virtual threads,
 * and tasks that compute, on as many threads as there are cores.
 */
final class LimitsBench {
  private static final int WAITING = 10_000;
  private static final int PRIMES_BELOW = 3_000_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Map<String, Object> SECOND = Map.of("millis", 1_000);

  private final Settings settings;
  private final BenchBroker broker;
  private final Path workFolder;
  private final Consumer<String> progress;
  private final int tasks;
  private final Duration computing;
  private final List<LimitsReport.Waiting> waiting = new ArrayList<>();
  private final List<LimitsReport.Computing> busy = new ArrayList<>();

  LimitsBench(Settings settings, BenchBroker broker, Path workFolder, Consumer<String> progress) {
    this.settings = settings;
    this.broker = broker;
    this.workFolder = workFolder;
    this.progress = progress;
    this.tasks = settings.find(BenchKeys.TASKS).orElse(WAITING);
    this.computing = Duration.ofSeconds(settings.get(BenchKeys.SECONDS));
  }

  LimitsReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    for (int round = 1; round <= settings.get(BenchKeys.ROUNDS); round++) {
      waiting("as it is by default", List.of());
      waiting("--virtual " + tasks, List.of("--virtual", Integer.toString(tasks)));
      computing();
    }
    return new LimitsReport(began, machine, broker.version(), tasks, waiting, busy);
  }

  private void waiting(String worker, List<String> options) throws InterruptedException {
    try (BenchBroker.Place place = broker.place();
        FleetProcess started =
            FleetProcess.worker(
                place.settings(), options, List.of(), workFolder.resolve("waiting.log"));
        WarrenClient client = client(place.settings())) {
      Cores.Meter meter = meter(place, started.pid());
      Load.Result result =
          new Load(client, TaskType.of("sleep", Object.class, Object.class), SECOND)
              .endToEnd(tasks, new Load.Limit(tasks, LIMIT));
      waiting.add(new LimitsReport.Waiting(worker, seconds(result), result, meter.read()));
      progress.accept("%,d that wait, worker %s: %.2f s".formatted(tasks, worker, seconds(result)));
    }
  }

  private void computing() throws InterruptedException {
    int cores = Runtime.getRuntime().availableProcessors();
    String queue = "limits";
    List<String> command =
        List.of(
            OwnProcess.java(),
            "-cp",
            System.getProperty("java.class.path"),
            WaysWorker.class.getName(),
            Lane.THREADS.name(),
            queue,
            Integer.toString(cores));
    try (BenchBroker.Place place = broker.place();
        OwnProcess worker =
            OwnProcess.start(
                "a worker",
                command,
                Map.of("WARREN_BROKER_URI", place.settings().uriWithCredentials().reveal()),
                workFolder.resolve("computing.log"));
        WarrenClient client = client(place.settings())) {
      awaitReady(worker);
      TaskType<Object, Object> type =
          TaskType.of("ways.cpu", Object.class, Object.class).with(it -> it.withQueue(queue));
      Map<String, Object> primes = Map.of("below", PRIMES_BELOW);
      int window = 4 * cores;
      // The compilers first.
      new Load(client, type, primes).endToEnd(window, new Load.Limit(window, LIMIT));
      Cores.Meter meter = meter(place, worker.pid());
      Load.Result result =
          new Load(client, type, primes)
              .endToEnd(window, new Load.Limit(Long.MAX_VALUE, computing));
      busy.add(new LimitsReport.Computing(cores, result, meter.read()));
      progress.accept("computing: %.2f cores".formatted(busy.getLast().cores().worker()));
    }
  }

  private static double seconds(Load.Result result) {
    return result.rate().total() == 0 ? 0 : result.rate().count() / result.rate().total();
  }

  private static void awaitReady(OwnProcess worker) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!worker.lines().contains(WaysWorker.READY)) {
      if (worker.awaitEnd(Duration.ofMillis(50)) || System.nanoTime() - deadline > 0) {
        throw new BenchException("a worker is not ready:\n" + worker.lastWords());
      }
    }
  }

  private static Cores.Meter meter(BenchBroker.Place place, long worker) {
    return Cores.Meter.start(
        new Cores.Sources(
            place::brokerTime,
            () -> ProcessorTime.of(ProcessHandle.current().pid()),
            () -> ProcessorTime.of(worker)));
  }

  private WarrenClient client(BrokerSettings at) {
    return WarrenClient.builder()
        .broker(at)
        .role("bench")
        .waiting(true)
        .typeCache(workFolder.resolve("types"))
        .connect();
  }
}
