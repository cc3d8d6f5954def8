package dev.warren.bench.lane;

import dev.warren.api.Json;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.bench.BenchException;
import dev.warren.engine.delivery.Registration;
import dev.warren.worker.process.ProcessLane;
import dev.warren.worker.process.ProcessSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A process lane without a broker, and attempts of one type in it: {@code echo}. */
final class ProcessCalls implements AutoCloseable {
  private static final TaskType<Json, Json> ECHO = TaskType.of("echo", Json.class, Json.class);
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(60);

  /** What is around the text in an argument. */
  private static final int AROUND = 11;

  private final ProcessLane lane;
  private final Registration<Json, Json> echo;
  private final Json argument;
  private final String padding;

  @SuppressWarnings("unchecked")
  private ProcessCalls(ProcessLane lane, List<Registration<?, ?>> own, int bytes) {
    this.lane = lane;
    this.padding = "x".repeat(Math.max(1, bytes - AROUND));
    this.argument = new Json("{\"text\":\"" + padding + "\"}");
    this.echo =
        (Registration<Json, Json>)
            lane.start(own, Set.of()).stream()
                .filter(one -> one.type().name().equals(ECHO.name()))
                .findFirst()
                .orElseThrow(() -> new BenchException("nobody runs echo"));
  }

  /** Children that are JVMs, with the built-in tasks. */
  static ProcessCalls ofJvm(int children, @Nullable Path caches, int bytes) {
    Registration<Json, Json> inChild =
        Registration.blocking(ECHO, Lane.PROCESS, (text, _) -> Verdict.done(text));
    return new ProcessCalls(
        new ProcessLane(settings(children, List.of(), caches), List.of(), Map.of()),
        List.of(inChild),
        bytes);
  }

  /** Children that are a command. */
  static ProcessCalls ofCommand(String command, int bytes) {
    return new ProcessCalls(
        new ProcessLane(settings(1, List.of(command), null), List.of(), Map.of()),
        List.of(),
        bytes);
  }

  private static ProcessSettings settings(
      int children, List<String> commands, @Nullable Path caches) {
    // A child that is replaced in the middle is not what is measured.
    return new ProcessSettings(
            children,
            ProcessSettings.DEFAULT_HEAP,
            ProcessSettings.DEFAULT_PATIENCE,
            Integer.MAX_VALUE,
            ProcessSettings.DEFAULT_MEMORY,
            commands)
        .withStartupCaches(caches);
  }

  /** One attempt; true if the child answered with what it was given. */
  boolean call() throws Exception {
    BenchAnswer answer = new BenchAnswer();
    echo.body().run(argument, BenchContext.next(), answer);
    // Every language writes its JSON with other blanks.
    return answer.result().contains(padding);
  }

  /** Times calls, one after the other, on a virtual thread, as a lane makes them. */
  static Histogram timed(Callable<Boolean> call, int warmUp, int count)
      throws InterruptedException {
    Histogram times = new Histogram(LONGEST, 3);
    FutureTask<Histogram> all =
        new FutureTask<>(
            () -> {
              for (int i = 0; i < warmUp + count; i++) {
                long began = System.nanoTime();
                if (!call.call()) {
                  throw new BenchException("an answer is wrong");
                }
                if (i >= warmUp) {
                  times.recordValue(Math.min(LONGEST, System.nanoTime() - began));
                }
              }
              return times;
            });
    Thread.ofVirtual().name("warren-bench-calls").start(all);
    try {
      return all.get();
    } catch (ExecutionException failed) {
      throw new BenchException("a call failed: " + failed.getCause(), failed);
    }
  }

  /** Attempts per second, by so many threads at once for a time. */
  double perSecond(int threads, long millis) throws InterruptedException {
    LongAdder done = new LongAdder();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    CountDownLatch over = new CountDownLatch(threads);
    long began = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      Thread.ofVirtual()
          .name("warren-bench-calls-" + i)
          .start(
              () -> {
                try {
                  while (System.nanoTime() - deadline < 0 && call()) {
                    done.increment();
                  }
                } catch (Exception failed) {
                  // Seen in the count: a rate that is far too low.
                  System.err.println("warren: a call failed: " + failed);
                } finally {
                  over.countDown();
                }
              });
    }
    over.await();
    return done.sum() / ((System.nanoTime() - began) / 1e9);
  }

  @Override
  public void close() {
    lane.close();
  }
}
