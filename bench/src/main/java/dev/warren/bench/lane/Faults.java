package dev.warren.bench.lane;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskType;
import dev.warren.bench.BenchBroker;
import dev.warren.bench.BenchException;
import dev.warren.bench.FleetProcess;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The process lane among tasks that end their process or never end: what becomes of them, and of
 * their neighbours, on a worker in a JVM of its own.
 */
public final class Faults {
  private static final int CHILDREN = 2;
  private static final int GOOD_PER_CRASH = 25;
  private static final int CRASHES_PER_HANG = 2;
  private static final int NEIGHBOURS = 20;
  private static final int LOOK_SECONDS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final SubmitOptions ONCE =
      SubmitOptions.DEFAULT.withMaxAttempts(1).withQueue(FaultTasks.QUEUE);

  private final BenchBroker broker;
  private final int good;
  private final Path workFolder;
  private final Consumer<String> progress;

  /**
   * @param good tasks that do no harm; a twenty-fifth as many crash, and half as many of these hang
   */
  public Faults(BenchBroker broker, int good, Path workFolder, Consumer<String> progress) {
    this.broker = broker;
    this.good = good;
    this.workFolder = workFolder;
    this.progress = progress;
  }

  /** Runs it, on a fresh virtual host. */
  public FaultsReport run(String machine) throws InterruptedException {
    Instant began = Instant.now();
    try (BenchBroker.Place place = broker.place();
        FleetProcess worker =
            FleetProcess.worker(
                place.settings(),
                List.of(
                    "--queues=" + FaultTasks.QUEUE,
                    "--children=" + CHILDREN,
                    "--log-format=text",
                    "--set=" + FaultTasks.SETTING + "=on",
                    "--state-dir=" + workFolder.resolve("workers")),
                List.of(),
                workFolder.resolve("faults.log"));
        WarrenClient client =
            WarrenClient.builder()
                .broker(place.settings())
                .role("bench")
                .typeCache(workFolder.resolve("types"))
                .connect()) {
      FaultsReport.Crashes crashes = crashes(client);
      progress.accept("%,d crashes in %.1f s".formatted(crashes.crashes(), crashes.seconds()));
      FaultsReport.Hangs hangs = hangs(client, worker);
      return new FaultsReport(began, machine, broker.version(), CHILDREN, crashes, hangs);
    }
  }

  private FaultsReport.Crashes crashes(WarrenClient client) throws InterruptedException {
    List<RawHandle> harmless = new ArrayList<>();
    List<RawHandle> deadly = new ArrayList<>();
    long began = System.nanoTime();
    for (int i = 0; i < good; i++) {
      harmless.add(submit(client, FaultTasks.GOOD, i));
      if (i % GOOD_PER_CRASH == 0) {
        deadly.add(submit(client, FaultTasks.HALT, i));
      }
    }
    int told = 0;
    for (RawHandle each : deadly) {
      OutcomeEvent end = outcome(each);
      if (says(end, Failure.PROCESS_CRASHED, "exit code 1")) {
        told++;
      } else {
        progress.accept("a crash with another outcome: " + end);
      }
    }
    int atOnce = atOnce(harmless);
    return new FaultsReport.Crashes(
        good, atOnce, deadly.size(), told, (System.nanoTime() - began) / 1e9);
  }

  private FaultsReport.Hangs hangs(WarrenClient client, FleetProcess worker)
      throws InterruptedException {
    int count = Math.max(1, good / GOOD_PER_CRASH / CRASHES_PER_HANG);
    int killed = 0;
    int neighboursAtOnce = 0;
    double slotAgain = 0;
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RawHandle hang = submit(client, FaultTasks.SPIN, i);
      List<RawHandle> beside = new ArrayList<>();
      for (int neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
        beside.add(submit(client, FaultTasks.GOOD, neighbour));
      }
      neighboursAtOnce += atOnce(beside);
      OutcomeEvent end = outcome(hang);
      killed += says(end, Failure.TIME_LIMIT, "the process") ? 1 : 0;
      Instant start = Objects.requireNonNullElse(end.startedAt(), end.endedAt());
      seconds.add(Duration.between(start, end.endedAt()).toMillis() / 1e3);
      slotAgain = Math.max(slotAgain, slotAgain(client));
      if (i % 10 == 9) {
        progress.accept(
            "%d of %d hangs, %.2f s at most".formatted(i + 1, count, Collections.max(seconds)));
      }
    }
    double idle = idleCores(worker);
    Collections.sort(seconds);
    return new FaultsReport.Hangs(
        count,
        killed,
        seconds.get(seconds.size() / 2),
        seconds.getLast(),
        count * NEIGHBOURS,
        neighboursAtOnce,
        slotAgain,
        idle,
        worker.handle().children().count());
  }

  /** How long until both slots have a task at the same time, or had one each. */
  private static double slotAgain(WarrenClient client) throws InterruptedException {
    long began = System.nanoTime();
    List<RawHandle> both = new ArrayList<>();
    for (int i = 0; i < CHILDREN; i++) {
      both.add(submit(client, FaultTasks.GOOD, i));
    }
    int _ = atOnce(both);
    return (System.nanoTime() - began) / 1e9;
  }

  private static double idleCores(FleetProcess worker) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    // The last hang's child has a successor, whose start is not to count.
    boolean _ = never.await(LOOK_SECONDS, TimeUnit.SECONDS);
    try (TreeMeter meter = TreeMeter.start(worker.handle())) {
      boolean _ = never.await(LOOK_SECONDS, TimeUnit.SECONDS);
      return meter.read().cores();
    }
  }

  private static RawHandle submit(WarrenClient client, TaskType<Integer, ?> type, int number) {
    return client.submit(
        RawTask.of(type.name(), JsonCodec.write(number, "a number"))
            .withOptions(ONCE)
            .withOutcomeWanted(true));
  }

  private static int atOnce(List<RawHandle> tasks) throws InterruptedException {
    int atOnce = 0;
    for (RawHandle each : tasks) {
      OutcomeEvent end = outcome(each);
      atOnce += end.status() == Outcome.Status.SUCCEEDED && end.attempt() == 1 ? 1 : 0;
    }
    return atOnce;
  }

  private static boolean says(OutcomeEvent end, String type, String words) {
    Failure failure = end.failure();
    return failure != null && failure.type().equals(type) && failure.message().contains(words);
  }

  private static OutcomeEvent outcome(RawHandle task) throws InterruptedException {
    try {
      return task.outcome().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException none) {
      throw new BenchException("a task has no outcome: " + task.id(), none);
    }
  }
}
