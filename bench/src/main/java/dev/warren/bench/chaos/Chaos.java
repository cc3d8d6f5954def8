package dev.warren.bench.chaos;

import dev.warren.bench.BenchException;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.BatchStatus;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.GatewaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run: a broker, a fleet, a load, and faults; then the books. Blocks its thread until all that
 * it started has ended.
 */
final class Chaos {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final Duration TELL = Duration.ofSeconds(10);
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(90);

  /** After the last outcome: a copy of what has ended would have started by then. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private final ChaosPlan plan;
  private final Path folder;
  private final Consumer<String> progress;
  private final CountDownLatch never = new CountDownLatch(1);

  /**
   * @param folder for logs and books
   */
  Chaos(ChaosPlan plan, Path folder, Consumer<String> progress) {
    this.plan = plan;
    this.folder = folder;
    this.progress = progress;
  }

  Report run() throws InterruptedException {
    Schedule schedule = plan.schedule();
    progress.accept("seed " + plan.seed() + "; the schedule:");
    schedule.faults().forEach(fault -> progress.accept(fault.toString()));
    long began = System.nanoTime();
    try (ChaosBroker broker =
            plan.cluster()
                ? ChaosBroker.startCluster()
                : ChaosBroker.start(plan.broker(), plan.image());
        Fleet fleet = new Fleet(broker, plan.size(), folder)) {
      progress.accept(broker.description() + " runs");
      fleet.start();
      broker.sync();
      progress.accept("the fleet is ready; logs and books are in " + folder);
      try (ExecutionBook executions = new ExecutionBook(fleet.books());
          OutcomeBook outcomes = new OutcomeBook(broker);
          GatewayClient gateway = new GatewayClient(GatewaySettings.of(fleet.gatewayUri()));
          RecordBook records = new RecordBook(gateway);
          WarrenClient client = client(fleet)) {
        Desk desk = new Desk(executions, outcomes, records);
        executions.start();
        outcomes.start();
        records.start();
        Workload load = Workload.of(plan.seed(), plan.tasks());
        long start = System.currentTimeMillis();
        try (Submissions submissions = new Submissions(client, load, schedule.length())) {
          broker.sync();
          submissions.start();
          List<FaultRecord> faults =
              torment(schedule, new Injector(broker, fleet), fleet, submissions, desk);
          submissions.hurry();
          settle(submissions, desk, broker);
          records.readAll();
          Books books =
              new Books(
                  submissions.standings(),
                  executions.all(),
                  outcomes.all(),
                  records.all(),
                  batches(load, gateway),
                  Letters.read(broker),
                  faults);
          Audit.Findings findings = Audit.of(books);
          return new Report(
              plan.seed(),
              broker.description(),
              plan.tasks(),
              (System.nanoTime() - began) / 1e9,
              faults.stream().map(each -> Report.FaultLine.of(each, start)).toList(),
              findings,
              findings.good(),
              null);
        }
      }
    }
  }

  /** The books that are written while it runs. */
  private record Desk(ExecutionBook executions, OutcomeBook outcomes, RecordBook records) {}

  private WarrenClient client(Fleet fleet) {
    return WarrenClient.builder()
        .broker(fleet.clientUri())
        .role("chaos")
        .appId("warren-chaos")
        .waiting(false)
        .typeCache(folder.resolve("types"))
        .connect();
  }

  private List<FaultRecord> torment(
      Schedule schedule, Injector injector, Fleet fleet, Submissions submissions, Desk desk)
      throws InterruptedException {
    List<FaultRecord> records = new ArrayList<>();
    long start = System.nanoTime();
    for (PlannedFault fault : schedule.faults()) {
      pause(fault.after().minusNanos(System.nanoTime() - start));
      long began = System.currentTimeMillis();
      Injector.Done done = injector.inject(fault);
      Optional<Duration> recovery =
          recovery(
              fleet,
              submissions,
              desk.executions(),
              done.overMillis(),
              fault.kind() != FaultKind.STOP_LEADER && fault.kind() != FaultKind.KILL_LEADER);
      records.add(
          new FaultRecord(
              fault,
              done.target(),
              began,
              done.overMillis(),
              done.killed(),
              recovery.orElse(null)));
      progress.accept(
          "%s (%s): %s"
              .formatted(
                  fault,
                  done.target(),
                  recovery
                      .map(took -> "recovered in %.1f s".formatted(took.toMillis() / 1e3))
                      .orElse("NOT RECOVERED")));
    }
    pause(schedule.length().minusNanos(System.nanoTime() - start));
    return records;
  }

  /**
   * Waits until every process is ready and a task has started since. Faults take longer than was
   * planned on a slow machine, and then all that was submitted may have run before the last of
   * them: so that there is something to start, it submits more.
   *
   * @param alone whether nobody else could do the work of what was gone
   */
  private Optional<Duration> recovery(
      Fleet fleet, Submissions submissions, ExecutionBook executions, long since, boolean alone)
      throws InterruptedException {
    long deadline = since + RECOVERY_LIMIT.toMillis();
    long ready = 0;
    while (System.currentTimeMillis() < deadline) {
      if (ready == 0 && fleet.ready()) {
        ready = System.currentTimeMillis();
      }
      OptionalLong started = executions.firstStartAfter(since);
      if (ready > 0 && started.isPresent()) {
        // The others of a cluster go on while one is away: that counts, not when it is back.
        long working = Math.max(alone ? ready : 0, started.getAsLong());
        return Optional.of(Duration.ofMillis(working - since));
      }
      if (ready > 0) {
        submissions.another();
      }
      pause(LOOK_AGAIN);
    }
    return Optional.empty();
  }

  /** Waits until all that was submitted has its recorded end, or the time for that is over. */
  private void settle(Submissions submissions, Desk desk, ChaosBroker broker)
      throws InterruptedException {
    progress.accept("the faults are over; waiting for what is under way");
    long deadline = System.nanoTime() + plan.settling().toNanos();
    boolean submitted = false;
    long open = 1;
    long told = System.nanoTime();
    while (open > 0 && System.nanoTime() - deadline < 0) {
      submitted = submitted || submissions.await(LOOK_AGAIN);
      open = (submitted ? 0 : 1) + open(submissions, desk);
      if (System.nanoTime() - told > TELL.toNanos()) {
        told = System.nanoTime();
        progress.accept(open + " have no recorded end yet; in the queues: " + Letters.left(broker));
      }
      pause(LOOK_AGAIN);
    }
    while (System.nanoTime() - deadline < 0
        && (System.currentTimeMillis() - desk.executions().lastStart() < QUIET.toMillis()
            || !Letters.left(broker).isEmpty())) {
      pause(LOOK_AGAIN);
    }
  }

  private static long open(Submissions submissions, Desk desk) {
    long open = 0;
    for (Submission.Standing submission : submissions.standings()) {
      OutcomeBook.Key key = new OutcomeBook.Key(submission.task().id(), 1);
      if (submission.confirmed()) {
        open += isOpen(key, desk) ? 1 : 0;
        for (var child : Audit.children(submission.task())) {
          open += isOpen(new OutcomeBook.Key(child, 1), desk) ? 1 : 0;
        }
      }
    }
    return open;
  }

  private static boolean isOpen(OutcomeBook.Key key, Desk desk) {
    return !desk.outcomes().has(key) || !desk.records().has(key);
  }

  private static Map<String, Optional<BatchStatus>> batches(Workload load, GatewayClient gateway) {
    Map<String, Optional<BatchStatus>> batches = new HashMap<>();
    load.batches().keySet().forEach(id -> batches.put(id, gateway.batch(id)));
    return batches;
  }

  private void pause(Duration duration) throws InterruptedException {
    if (never.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new BenchException("impossible");
    }
  }
}
