package dev.warren.bench;

import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskType;
import dev.warren.engine.configuration.Settings;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Submits many tasks that are all due at the same moment, looks at the worker's memory while they
 * wait on the broker, and at when each of them started.
 */
final class DelayedBench {
  private static final int DEFAULT_TASKS = 100_000;
  private static final Duration LAST_OUTCOMES = Duration.ofMinutes(10);

  private static final TaskType<Object, Object> ECHO =
      TaskType.of("echo", Object.class, Object.class);

  private final BenchRun run;
  private final Settings settings;
  private final int tasks;
  private final Duration dueIn;
  private final int bytes;

  DelayedBench(BenchRun run) {
    this.run = run;
    this.settings = run.settings();
    this.tasks = settings.find(BenchKeys.TASKS).orElse(DEFAULT_TASKS);
    this.dueIn = Duration.ofSeconds(settings.get(BenchKeys.DUE_SECONDS));
    this.bytes = settings.get(BenchKeys.BYTES);
  }

  DelayedReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    if (machine.busy()) {
      run.say(
          "the machine is busy (load %.1f): figures will be worth little"
              .formatted(machine.load()));
    }
    List<DelayedReport.Round> rounds = new ArrayList<>();
    for (int number = 1; number <= settings.get(BenchKeys.ROUNDS); number++) {
      rounds.add(round(number));
    }
    return new DelayedReport(
        began,
        machine,
        run.broker().version(),
        "%d echo of %d bytes, all due %d s after the first submission, worker options '%s'"
            .formatted(
                tasks,
                bytes,
                dueIn.toSeconds(),
                settings.find(BenchKeys.WORKER_OPTIONS).orElse("")),
        rounds);
  }

  private DelayedReport.Round round(int number) throws InterruptedException {
    try (BenchBroker.Place place = run.broker().place();
        FleetProcess worker =
            FleetProcess.worker(
                place.settings(),
                run.words(BenchKeys.WORKER_OPTIONS),
                run.words(BenchKeys.WORKER_JAVA_OPTIONS),
                run.workFolder().resolve("worker-" + number + ".log"));
        StartLog starts = StartLog.open(place.settings())) {
      Memory idle = Memory.of(worker);
      Cores.Meter meter =
          Cores.Meter.start(
              new Cores.Sources(
                  place::brokerTime,
                  () -> ProcessorTime.of(ProcessHandle.current().pid()),
                  worker::processorTime));
      // The wire carries milliseconds.
      Instant due = Instant.now().plus(dueIn).truncatedTo(ChronoUnit.MILLIS);
      long submitting = System.nanoTime();
      submit(place, due);
      double submitted = (System.nanoTime() - submitting) / 1e9;
      if (!Instant.now().isBefore(due)) {
        throw new BenchException(
            "the first tasks were due before the last were submitted: give more time with"
                + " --due-seconds");
      }
      Memory waiting = Memory.of(worker);
      run.say(
          "round %d: %,d tasks wait; the worker's live heap is %.1f MiB, before them it was %.1f"
              .formatted(number, tasks, waiting.liveHeap(), idle.liveHeap()));
      long heard = starts.await(tasks, dueIn.plus(LAST_OUTCOMES));
      Cores cores = meter.read();
      DelayedReport.Starts seen = starts.since(due);
      run.say(
          "round %d: %,d ran, the earliest %.0f ms after it was due, %,.0f/s"
              .formatted(number, heard, seen.earliest(), seen.rate().steady()));
      return new DelayedReport.Round(
          number,
          submitted,
          seen,
          tasks - heard,
          starts.failed(),
          worker.attempts() - heard,
          List.of(idle, waiting, Memory.of(worker)),
          cores);
    }
  }

  private void submit(BenchBroker.Place place, Instant due) {
    try (WarrenClient client =
        WarrenClient.builder()
            .broker(place.settings())
            .role("bench")
            .waiting(false)
            .sendDeadline(dueIn)
            .typeCache(run.workFolder().resolve("types"))
            .connect()) {
      String argument = "x".repeat(Math.max(0, bytes - 2));
      long confirmed =
          client
              .submitAll(
                  ECHO,
                  LongStream.range(0, tasks).mapToObj(each -> argument),
                  SubmitOptions.DEFAULT.withNotBefore(due).withUnannounced())
              .count();
      if (confirmed != tasks) {
        throw new BenchException("only " + confirmed + " tasks were confirmed");
      }
    }
  }
}
