package dev.warren.bench;

import dev.warren.api.SubmitOptions;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Whether a long queue drains as fast as a short one: so many single tasks wait, then a worker
 * comes, and its rate is looked at tenth by tenth.
 */
final class BacklogBench {
  private static final int DEFAULT_TASKS = 1_000_000;
  private static final int PARTS = 10;

  /** A tenth more, which runs first: the JIT compilers are not what is measured. */
  private static final int WARM_UP = 1;

  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Duration SEND_DEADLINE = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final BenchRun run;
  private final int tasks;

  BacklogBench(BenchRun run) {
    this.run = run;
    this.tasks = run.settings().find(BenchKeys.TASKS).orElse(DEFAULT_TASKS);
  }

  BacklogReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    int part = tasks / PARTS;
    try (BenchBroker.Place place = run.broker().place()) {
      declare(place);
      long begun = System.nanoTime();
      submit(place, part * (long) (PARTS + WARM_UP));
      double submitted = (System.nanoTime() - begun) / 1e9;
      run.say("%,d wait".formatted(part * (PARTS + WARM_UP)));
      List<BacklogReport.Tenth> tenths = new ArrayList<>();
      try (FleetProcess worker = worker(place, "drains")) {
        await(worker, part);
        for (int number = WARM_UP; number < PARTS + WARM_UP; number++) {
          tenths.add(tenth(place, worker, part * (long) number, part));
        }
        long attempts = worker.attempts();
        Memory memory = Memory.of(worker);
        return new BacklogReport(
            began,
            machine,
            run.broker().version(),
            "%,d echo of %d bytes and a tenth to warm up, one message each"
                .formatted(part * PARTS, run.settings().get(BenchKeys.BYTES)),
            submitted,
            tenths,
            memory,
            attempts - part * (long) (PARTS + WARM_UP));
      }
    }
  }

  /** A worker declares its queue, and goes. */
  private void declare(BenchBroker.Place place) throws InterruptedException {
    worker(place, "declares").close();
  }

  private FleetProcess worker(BenchBroker.Place place, String name) throws InterruptedException {
    return FleetProcess.worker(
        place.settings(),
        run.words(BenchKeys.WORKER_OPTIONS),
        run.words(BenchKeys.WORKER_JAVA_OPTIONS),
        run.workFolder().resolve("backlog-" + name + ".log"));
  }

  private void submit(BenchBroker.Place place, long count) {
    try (WarrenClient client =
        WarrenClient.builder()
            .broker(place.settings())
            .role("bench")
            .waiting(false)
            .chunks(false)
            .sendDeadline(SEND_DEADLINE)
            .typeCache(run.workFolder().resolve("types"))
            .connect()) {
      String argument = Submitters.text(run.settings().get(BenchKeys.BYTES));
      long confirmed =
          client
              .submitAll(
                  Submitters.ECHO,
                  LongStream.range(0, count).mapToObj(each -> argument),
                  SubmitOptions.DEFAULT)
              .count();
      if (confirmed != count) {
        throw new BenchException("only %,d tasks were confirmed".formatted(confirmed));
      }
    }
  }

  private BacklogReport.Tenth tenth(
      BenchBroker.Place place, FleetProcess worker, long from, long count)
      throws InterruptedException {
    long before = worker.attempts();
    Usage.Meter meter =
        Usage.Meter.start(List.of(place.part(), Part.ofTree("worker", worker.handle())));
    long after = await(worker, from + count);
    BacklogReport.Tenth tenth = new BacklogReport.Tenth(after - before, meter.read());
    run.say("%,d have run, %,.0f/s".formatted(after, tenth.rate()));
    return tenth;
  }

  private static long await(FleetProcess worker, long attempts) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    long now = worker.attempts();
    while (now < attempts) {
      if (worker.awaitEnd(LOOK_AGAIN) || System.nanoTime() - deadline > 0) {
        throw new BenchException("the worker ran %,d of %,d".formatted(now, attempts));
      }
      now = worker.attempts();
    }
    return now;
  }
}
