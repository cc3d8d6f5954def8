package dev.warren.bench.lane;

import dev.warren.bench.ProcessorTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a process and those below it use from now on: processor time, and the most memory that they
 * had together at one time. Memory that several of them share counts once (see {@code Pss} in
 * proc(5)); it is looked at five times a second, as to look costs time, too. All zero where there
 * is no {@code /proc}.
 */
final class TreeMeter implements AutoCloseable {
  private static final long LOOK_MILLIS = 200;
  private static final double KIB_PER_MIB = 1 << 10;

  private final ProcessHandle root;
  private final Duration before;
  private final long began = System.nanoTime();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;
  private volatile double most;

  /**
   * What was used.
   *
   * @param cpuSeconds processor time
   * @param cores of it per second
   * @param mebibytes of memory at most
   */
  record Usage(double seconds, double cpuSeconds, double cores, double mebibytes) {}

  private TreeMeter(ProcessHandle root) {
    this.root = root;
    this.before = ProcessorTime.ofTree(root);
    this.thread = Thread.ofPlatform().daemon().name("warren-bench-memory").unstarted(this::look);
  }

  static TreeMeter start(ProcessHandle root) {
    TreeMeter meter = new TreeMeter(root);
    meter.most = mebibytes(root);
    meter.thread.start();
    return meter;
  }

  /** What was used since the start. */
  Usage read() {
    double seconds = (System.nanoTime() - began) / 1e9;
    double used = ProcessorTime.ofTree(root).minus(before).toMillis() / 1e3;
    most = Math.max(most, mebibytes(root));
    // Ended ones are not among those that are left.
    double cpu = Math.max(0, used);
    return new Usage(seconds, cpu, cpu / seconds, most);
  }

  private void look() {
    try {
      while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        most = Math.max(most, mebibytes(root));
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private static double mebibytes(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants())
            .mapToDouble(each -> kibibytes(each.pid()))
            .sum()
        / KIB_PER_MIB;
  }

  private static double kibibytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      // As in "Pss:      1234 kB".
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToDouble(line -> Double.parseDouble(line.split("\\s+", -1)[1]))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException gone) {
      return 0;
    }
  }

  @Override
  public void close() {
    ended.countDown();
  }
}
