package dev.warren.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Lane;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.WarrenClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The same work done in each way of multitasking: by Python's standard library and by Warren's
 * lanes. Each way is compared with the work done one after another in the same language, so that
 * the table shows the way and not the language.
 */
final class Ways {
  private static final int CPU_TASKS = 8;
  private static final int PYTHON_PRIMES_BELOW = 150_000;
  private static final int JAVA_PRIMES_BELOW = 3_000_000;
  private static final int WAITING_TASKS = 100;
  private static final Duration WAIT = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final BenchBroker broker;
  private final Path workFolder;
  private final Consumer<String> progress;
  private final int cores = Runtime.getRuntime().availableProcessors();
  private final List<WaysReport.Row> rows = new ArrayList<>();

  /** A way of Warren: so many JVMs with a lane of so many places. */
  private record Way(String name, Lane lane, int jvms, int concurrency, int inFlight) {}

  Ways(BenchBroker broker, Path workFolder, Consumer<String> progress) {
    this.broker = broker;
    this.workFolder = workFolder;
    this.progress = progress;
  }

  WaysReport run() throws IOException, InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    try (SlowServer pages =
        SlowServer.start((int) WAIT.toMillis(), workFolder.resolve("pages.log"))) {
      python(pages);
      int all = Integer.MAX_VALUE;
      for (Way way :
          List.of(
              new Way(WaysReport.ONE_AFTER_ANOTHER, Lane.VIRTUAL, 1, 1, 1),
              new Way("threads", Lane.THREADS, 1, cores, all),
              new Way("virtual threads", Lane.VIRTUAL, 1, WAITING_TASKS, all),
              new Way("processes", Lane.THREADS, cores, 1, all))) {
        warren(way, pages);
      }
      gateway(pages);
    }
    return new WaysReport(began, machine, broker.version(), setting(), rows);
  }

  private static String setting() {
    return "%d x primes below %,d (Python) or %,d (Java); %d sleeps of %d ms; %d pages after %d ms"
        .formatted(
            CPU_TASKS,
            PYTHON_PRIMES_BELOW,
            JAVA_PRIMES_BELOW,
            WAITING_TASKS,
            WAIT.toMillis(),
            WAITING_TASKS,
            WAIT.toMillis());
  }

  private void python(SlowServer pages) throws IOException, InterruptedException {
    Path program = workFolder.resolve("ways.py");
    try (InputStream source =
        Objects.requireNonNull(Ways.class.getResourceAsStream("ways.py"), "ways.py")) {
      Files.copy(source, program);
    }
    List<String> command =
        List.of(
            "python3",
            program.toString(),
            Integer.toString(CPU_TASKS),
            Integer.toString(PYTHON_PRIMES_BELOW),
            Integer.toString(WAITING_TASKS),
            Double.toString(WAIT.toMillis() / 1e3),
            pages.url());
    Path output = workFolder.resolve("ways.out");
    progress.accept("Python: threads, processes, coroutines");
    try (OwnProcess python = OwnProcess.start("python3", command, Map.of(), output)) {
      if (!python.awaitEnd(LIMIT) || python.exitCode() != 0) {
        throw new BenchException("the Python program failed:\n" + python.lastWords());
      }
      for (String line : python.lines()) {
        JsonNode row = JsonCodec.tree(JsonText.of(line), "a line of ways.py");
        rows.add(
            new WaysReport.Row(
                "Python",
                row.path("way").asText().replace('_', ' '),
                row.path("work").asText(),
                row.path("seconds").asDouble()));
      }
    }
  }

  private void warren(Way way, SlowServer pages) throws InterruptedException {
    progress.accept("Warren: " + way.name());
    List<OwnProcess> workers = new ArrayList<>();
    try (BenchBroker.Place place = broker.place();
        WarrenClient client = client(place)) {
      try {
        for (int i = 1; i <= way.jvms(); i++) {
          workers.add(worker(way, place, i));
        }
        for (OwnProcess worker : workers) {
          awaitReady(worker);
        }
        measure(way, client, pages);
      } finally {
        workers.forEach(OwnProcess::close);
      }
    }
  }

  /** The event loops of a gateway, which fetch pages and do nothing else. */
  private void gateway(SlowServer pages) throws InterruptedException {
    List<String> options =
        List.of(
            "--http=127.0.0.1:0",
            "--set=http.allow=127.0.0.1",
            "--data=" + workFolder.resolve("ways-gateway"));
    try (BenchBroker.Place place = broker.place();
        FleetProcess gateway =
            FleetProcess.gateway(
                place.settings(), options, List.of(), workFolder.resolve("ways-gateway.log"));
        WarrenClient client = client(place)) {
      progress.accept("Warren: event loops of process " + gateway.pid());
      var type = httpRequest();
      Map<String, String> page = Map.of("url", pages.url());
      time(client, type, page, 2 * cores, Integer.MAX_VALUE);
      double network = time(client, type, page, WAITING_TASKS, Integer.MAX_VALUE);
      rows.add(new WaysReport.Row("Warren", "event loops", "network", network));
    }
  }

  private static TaskType<Object, Object> httpRequest() {
    return TaskType.of("http.request", Object.class, Object.class)
        .with(options -> options.withQueue("async"));
  }

  private void measure(Way way, WarrenClient client, SlowServer pages) {
    String queue = queue(way);
    var limit = new WaysTasks.Limit(JAVA_PRIMES_BELOW);
    // The compilers first: a JVM that has just begun runs anything slowly.
    time(client, WaysTasks.cpu(queue), limit, 2 * cores, way.inFlight());
    double cpu = time(client, WaysTasks.cpu(queue), limit, CPU_TASKS, way.inFlight());
    var pause = new WaysTasks.Pause(WAIT.toMillis());
    double waiting = time(client, WaysTasks.blocking(queue), pause, WAITING_TASKS, way.inFlight());
    var page = new WaysTasks.Page(URI.create(pages.url()));
    double network = time(client, WaysTasks.network(queue), page, WAITING_TASKS, way.inFlight());
    rows.add(new WaysReport.Row("Warren", way.name(), "cpu", cpu));
    rows.add(new WaysReport.Row("Warren", way.name(), "blocking", waiting));
    rows.add(new WaysReport.Row("Warren", way.name(), "network", network));
  }

  /** Seconds from the first submission to the last result. */
  private static <A> double time(
      WarrenClient client, TaskType<A, ?> type, A arguments, int count, int most) {
    long began = System.nanoTime();
    Queue<TaskHandle<?>> inFlight = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      inFlight.add(client.submit(type, arguments));
      if (inFlight.size() >= most) {
        inFlight.remove().await(LIMIT);
      }
    }
    inFlight.forEach(handle -> handle.await(LIMIT));
    return (System.nanoTime() - began) / 1e9;
  }

  private static String queue(Way way) {
    return "ways-" + way.name().replace(' ', '-');
  }

  private WarrenClient client(BenchBroker.Place place) {
    return WarrenClient.builder()
        .broker(place.settings())
        .role("bench")
        .typeCache(workFolder.resolve("types"))
        .connect();
  }

  private OwnProcess worker(Way way, BenchBroker.Place place, int number) {
    List<String> command =
        List.of(
            OwnProcess.java(),
            "-cp",
            System.getProperty("java.class.path"),
            WaysWorker.class.getName(),
            way.lane().name(),
            queue(way),
            Integer.toString(way.concurrency()));
    return OwnProcess.start(
        "a worker",
        command,
        Map.of("WARREN_BROKER_URI", place.settings().uriWithCredentials().reveal()),
        workFolder.resolve(queue(way) + "-" + number + ".log"));
  }

  private static void awaitReady(OwnProcess worker) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!worker.lines().contains(WaysWorker.READY)) {
      if (worker.awaitEnd(Duration.ofMillis(50)) || System.nanoTime() - deadline > 0) {
        throw new BenchException("a worker is not ready:\n" + worker.lastWords());
      }
    }
  }
}
