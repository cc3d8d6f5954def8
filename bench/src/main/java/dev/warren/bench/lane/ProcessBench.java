package dev.warren.bench.lane;

import dev.warren.api.Json;
import dev.warren.bench.BenchException;
import dev.warren.bench.Machine;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Measures what it costs that a task runs in a child process: to start one, to ask, to keep it. */
public final class ProcessBench {
  private static final int WARM_UP = 5_000;
  private static final int CALLS = 20_000;
  private static final int CHILD_STARTS_PER_ROUND = 3;
  private static final Duration CACHE_LIMIT = Duration.ofMinutes(2);
  private static final double KIB_PER_MIB = 1 << 10;
  private static final double NANOS_PER_MILLI = 1e6;

  /** The size of an argument, and of the result. */
  private static final int BYTES = 1_000;

  private final int rounds;
  private final Path workFolder;
  private final Consumer<String> progress;
  private final List<ProcessReport.Start> starts = new ArrayList<>();
  private final List<ProcessReport.Trip> trips = new ArrayList<>();
  private final List<ProcessReport.Held> held = new ArrayList<>();
  private final List<ProcessReport.Rate> rates = new ArrayList<>();

  /**
   * @param rounds so many times three children are started from nothing, in each way
   */
  public ProcessBench(int rounds, Path workFolder, Consumer<String> progress) {
    this.rounds = rounds;
    this.workFolder = workFolder;
    this.progress = progress;
  }

  public ProcessReport run() throws IOException, InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    Path caches = workFolder.resolve("caches");
    start("a JVM without a startup cache", null);
    if (cacheIsMade(caches)) {
      start("a JVM with a startup cache", caches);
    } else {
      progress.accept("no startup cache could be made: see docs/processes.md");
    }
    inThisProcess();
    overSocket();
    inJvm(caches);
    inCommand("Python", "python3", "python", "warren.py", "process.py");
    inCommand("Node.js", "node", "node", "warren.mjs", "process.mjs");
    return new ProcessReport(began, machine, BYTES, starts, trips, held, rates);
  }

  private void start(String children, @Nullable Path caches) {
    progress.accept("starts: " + children);
    double[] millis = new double[rounds * CHILD_STARTS_PER_ROUND];
    for (int i = 0; i < millis.length; i++) {
      long began = System.nanoTime();
      try (ProcessCalls calls = ProcessCalls.ofJvm(1, caches, BYTES)) {
        call(calls);
        millis[i] = (System.nanoTime() - began) / NANOS_PER_MILLI;
      }
    }
    Arrays.sort(millis);
    starts.add(
        new ProcessReport.Start(
            children,
            millis[millis.length / 2],
            millis[0],
            millis[millis.length - 1],
            millis.length));
  }

  /** Starts a child, beside which the cache is made, and waits for that. */
  private boolean cacheIsMade(Path caches) throws IOException, InterruptedException {
    progress.accept("a startup cache is made");
    long began = System.nanoTime();
    try (ProcessCalls calls = ProcessCalls.ofJvm(1, caches, BYTES)) {
      call(calls);
      CountDownLatch never = new CountDownLatch(1);
      while (System.nanoTime() - began < CACHE_LIMIT.toNanos()) {
        if (exists(caches, "*.aot")) {
          progress.accept(
              "made in %.1f s".formatted((System.nanoTime() - began) / NANOS_PER_MILLI / 1e3));
          return true;
        }
        if (exists(caches, "*.failed") || never.await(100, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
    }
    return false;
  }

  private static boolean exists(Path folder, String pattern) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
      return found.iterator().hasNext();
    }
  }

  private static void call(ProcessCalls calls) {
    try {
      if (!calls.call()) {
        throw new BenchException("an answer is wrong");
      }
    } catch (BenchException known) {
      throw known;
    } catch (Exception failed) {
      throw new BenchException("a call failed: " + failed, failed);
    }
  }

  /** The same handler here: what is left is to read the argument and to write the result. */
  private void inThisProcess() throws InterruptedException {
    JsonText text = JsonText.of("{\"text\":\"" + "x".repeat(Math.max(0, BYTES - 11)) + "\"}");
    trip(
        "in this process (read, run, write)",
        ProcessCalls.timed(
            () -> {
              Json read = JsonCodec.read(text, Json.class, "arguments");
              return JsonCodec.write(read, "result").size() == text.size();
            },
            WARM_UP,
            CALLS));
  }

  private void overSocket() throws IOException, InterruptedException {
    try (SocketEcho echo = SocketEcho.start(BYTES, workFolder)) {
      Histogram times = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
      for (int i = 0; i < WARM_UP + CALLS; i++) {
        long began = System.nanoTime();
        echo.call();
        if (i >= WARM_UP) {
          times.recordValue(System.nanoTime() - began);
        }
      }
      trip("bare bytes over a Unix socket, there and back", times);
    }
  }

  private void inJvm(Path caches) throws InterruptedException {
    progress.accept("round trips to a JVM");
    try (ProcessCalls calls = ProcessCalls.ofJvm(1, caches, BYTES)) {
      call(calls);
      held("a JVM after its first attempt");
      trip("in a child JVM", ProcessCalls.timed(calls::call, WARM_UP, CALLS));
      held("a JVM after %,d attempts".formatted(WARM_UP + CALLS));
    }
    int cores = Runtime.getRuntime().availableProcessors();
    try (ProcessCalls calls = ProcessCalls.ofJvm(cores, caches, BYTES)) {
      calls.perSecond(2 * cores, 3_000);
      rates.add(new ProcessReport.Rate(cores + " child JVMs", calls.perSecond(2 * cores, 5_000)));
    }
  }

  private void inCommand(
      String language, String program, String folder, String helper, String tasks)
      throws IOException, InterruptedException {
    Optional<Path> helpers = PythonTasks.helpers().map(python -> python.resolveSibling(folder));
    if (helpers.isEmpty() || !runs(program)) {
      progress.accept("no " + language + " here: left out");
      return;
    }
    progress.accept("round trips to " + language);
    Files.copy(helpers.get().resolve(helper), workFolder.resolve(helper));
    try (var source = ProcessBench.class.getResourceAsStream(tasks)) {
      if (source == null) {
        throw new BenchException(tasks + " is missing in this build");
      }
      Files.copy(source, workFolder.resolve(tasks));
    }
    String command = program + " " + workFolder.resolve(tasks);
    try (ProcessCalls calls = ProcessCalls.ofCommand(command, BYTES)) {
      call(calls);
      held(language + " after its first attempt");
      trip("in a child in " + language, ProcessCalls.timed(calls::call, WARM_UP / 5, CALLS / 5));
    }
  }

  private static boolean runs(String program) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(program, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  private void trip(String way, Histogram times) {
    trips.add(
        new ProcessReport.Trip(
            way,
            times.getValueAtPercentile(50) / NANOS_PER_MILLI,
            times.getValueAtPercentile(90) / NANOS_PER_MILLI,
            times.getValueAtPercentile(99) / NANOS_PER_MILLI));
  }

  /** The memory of the one child that there is. */
  private void held(String child) {
    ProcessHandle.current()
        .children()
        .findFirst()
        .ifPresent(
            process -> {
              Path rollup = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
              try {
                List<String> lines = Files.readAllLines(rollup);
                held.add(
                    new ProcessReport.Held(
                        child,
                        mebibytes(lines, "Rss:"),
                        mebibytes(lines, "Pss:"),
                        mebibytes(lines, "Private_Clean:") + mebibytes(lines, "Private_Dirty:")));
              } catch (IOException noProc) {
                progress.accept("the memory of a child cannot be read: " + noProc);
              }
            });
  }

  private static double mebibytes(List<String> lines, String name) {
    // As in "Rss:     1234 kB".
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.split("\\s+", -1)[1]) / KIB_PER_MIB)
        .findFirst()
        .orElse(0);
  }
}
