package dev.warren.bench;

import dev.warren.api.Lane;
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
 * How much one worker takes: tasks that wait for a second each, many at once, on virtual threads,
 * and tasks that compute, on as many threads as there are cores.
 */
final class LimitsBench {
  private static final int WAITING = 10_000;
  private static final int PRIMES_BELOW = 3_000_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Map<String, Object> SECOND = Map.of("millis", 1_000);

  private final BenchRun run;
  private final Settings settings;
  private final int tasks;
  private final Duration computing;
  private final List<LimitsReport.Waiting> waiting = new ArrayList<>();
  private final List<LimitsReport.Computing> busy = new ArrayList<>();

  LimitsBench(BenchRun run) {
    this.run = run;
    this.settings = run.settings();
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
    return new LimitsReport(began, machine, run.broker().version(), tasks, waiting, busy);
  }

  private void waiting(String worker, List<String> options) throws InterruptedException {
    try (BenchBroker.Place place = run.broker().place();
        FleetProcess started =
            FleetProcess.worker(
                place.settings(), options, List.of(), run.workFolder().resolve("waiting.log"));
        WarrenClient client = client(place.settings())) {
      Cores.Meter meter = meter(place, started.pid());
      Tally result =
          new ClosedLoop(
                  Submitters.single(
                      client, TaskType.of("sleep", Object.class, Object.class), SECOND),
                  tasks,
                  1)
              .run(new Limit(tasks, LIMIT));
      waiting.add(new LimitsReport.Waiting(worker, result.seconds(), result, meter.read()));
      run.say("%,d that wait, worker %s: %.2f s".formatted(tasks, worker, result.seconds()));
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
    try (BenchBroker.Place place = run.broker().place();
        OwnProcess worker =
            OwnProcess.start(
                "a worker",
                command,
                Map.of("WARREN_BROKER_URI", place.settings().uriWithCredentials().reveal()),
                run.workFolder().resolve("computing.log"));
        WarrenClient client = client(place.settings())) {
      awaitReady(worker);
      TaskType<Object, Object> type =
          TaskType.of("ways.cpu", Object.class, Object.class).with(it -> it.withQueue(queue));
      Map<String, Object> primes = Map.of("below", PRIMES_BELOW);
      int window = 4 * cores;
      ClosedLoop load = new ClosedLoop(Submitters.single(client, type, primes), window, 1);
      // The compilers first.
      load.run(new Limit(window, LIMIT));
      Cores.Meter meter = meter(place, worker.pid());
      Tally result = load.run(Limit.of(computing));
      busy.add(new LimitsReport.Computing(cores, result, meter.read()));
      run.say("computing: %.2f cores".formatted(busy.getLast().cores().worker()));
    }
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
        .typeCache(run.workFolder().resolve("types"))
        .connect();
  }
}
