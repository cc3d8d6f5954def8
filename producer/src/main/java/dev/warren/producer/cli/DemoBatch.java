package dev.warren.producer.cli;

import dev.warren.producer.Batch;
import dev.warren.producer.gateway.BatchStatus;
import dev.warren.producer.gateway.Feed;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.TaskStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All the demo's work under one batch: one thread submits it, this one reads from the gateway what
 * has ended, as anybody could.
 */
final class DemoBatch {
  /** What came of it. */
  record Result(BatchStatus status, Map<String, DemoTally> tallies, long told, Duration wall) {
    boolean isExact(long submitted) {
      return status.state() == BatchStatus.State.COMPLETED
          && status.succeeded() == submitted
          && told == submitted;
    }
  }

  private static final Duration STATUS_LIMIT = Duration.ofSeconds(10);

  private final GatewayClient gateway;
  private final List<DemoWork> works;
  private final AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();

  DemoBatch(GatewayClient gateway, List<DemoWork> works) {
    this.gateway = gateway;
    this.works = works;
  }

  long size() {
    return works.stream().mapToLong(DemoWork::count).sum();
  }

  /**
   * Blocks until the batch is complete.
   *
   * @param limit how long nothing may be heard of it
   */
  Result run(Batch batch, Progress progress, Duration limit) throws InterruptedException {
    Map<String, DemoTally> tallies = new LinkedHashMap<>();
    works.forEach(work -> tallies.put(work.type(), new DemoTally()));
    long begun = System.nanoTime();
    long told = 0;
    long failed = 0;
    try (Feed<TaskStatus> ended = gateway.results(batch.id(), 0, true);
        Silence silence = Silence.after(limit, ended::close)) {
      Thread submitting =
          Thread.ofVirtual().name("warren-demo-submit").start(() -> submit(batch, ended));
      try {
        Optional<TaskStatus> next = ended.next();
        while (next.isPresent()) {
          silence.broken();
          TaskStatus task = next.get();
          tallies.computeIfAbsent(task.type(), type -> new DemoTally()).add(task);
          told++;
          failed += task.state() == TaskStatus.State.SUCCEEDED ? 0 : 1;
          progress.update(new Progress.Counts(told, failed, 0, size()));
          next = ended.next();
        }
      } finally {
        progress.clear();
        submitting.interrupt();
        submitting.join();
      }
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - begun);
    Throwable why = refused.get();
    if (why != null) {
      throw Failures.cause(why) instanceof RuntimeException known
          ? known
          : new IllegalStateException(why);
    }
    return new Result(gateway.awaitBatch(batch.id(), STATUS_LIMIT), tallies, told, wall);
  }

  /** In turns, so that every lane has work from the start. */
  private void submit(Batch batch, Feed<TaskStatus> ended) {
    try {
      int longest = works.stream().mapToInt(DemoWork::count).max().orElse(0);
      for (int turn = 0; turn < longest && refused.get() == null; turn++) {
        for (DemoWork work : works) {
          share(work.count(), turn, longest)
              .forEach(
                  number ->
                      batch
                          .addAsync(work.task(number))
                          .whenComplete((handle, failure) -> note(failure, ended)));
        }
      }
      batch.seal();
    } catch (RuntimeException failure) {
      note(failure, ended);
    }
  }

  /** The numbers of a turn, so that all kinds of work end with the same turn. */
  private static IntStream share(int count, int turn, int turns) {
    int from = (int) ((long) count * turn / turns);
    int to = (int) ((long) count * (turn + 1) / turns);
    return IntStream.range(from, to);
  }

  private void note(@Nullable Throwable failure, Feed<TaskStatus> ended) {
    if (failure != null && refused.compareAndSet(null, failure)) {
      ended.close();
    }
  }
}
