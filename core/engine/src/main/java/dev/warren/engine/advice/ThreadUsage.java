package dev.warren.engine.advice;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what the current thread uses between its making and {@link #end}. For platform threads
 * only: the JVM does not count for virtual ones. What other threads do for it is not seen. Costs
 * some 40 µs, most of it for the scheduler's file.
 */
public final class ThreadUsage {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadUsage.class);

  /**
   * Of the thread that reads it: nanoseconds on a core, nanoseconds runnable without one, and how
   * often (Documentation/scheduler/sched-stats.rst of the Linux kernel). Without it a busy machine
   * makes computing look like waiting.
   */
  private static final Path SCHEDULER = Path.of("/proc/thread-self/schedstat");

  private static final boolean SCHEDULER_TELLS = Files.isReadable(SCHEDULER);
  private static final Optional<ThreadMXBean> COUNTS = counts();

  private final long wallNanos;
  private final long cpuNanos;
  private final long allocated;
  private final long delayedNanos;

  private ThreadUsage(ThreadMXBean counts) {
    delayedNanos = delayedNanos();
    allocated = counts.getCurrentThreadAllocatedBytes();
    wallNanos = System.nanoTime();
    cpuNanos = counts.getCurrentThreadCpuTime();
  }

  /** Begins to measure the current thread; nothing where that cannot be done. */
  public static Optional<ThreadUsage> begin() {
    return Thread.currentThread().isVirtual() ? Optional.empty() : COUNTS.map(ThreadUsage::new);
  }

  /** What was used since; call on the same thread. */
  public Usage end() {
    ThreadMXBean counts = COUNTS.orElseThrow();
    long cpu = counts.getCurrentThreadCpuTime() - cpuNanos;
    long wall = System.nanoTime() - wallNanos;
    long bytes = counts.getCurrentThreadAllocatedBytes();
    return new Usage(
        Duration.ofNanos(Math.max(0, wall)),
        Duration.ofNanos(Math.max(0, cpu)),
        Duration.ofNanos(Math.max(0, delayedNanos() - delayedNanos)),
        bytes < 0 || allocated < 0
            ? OptionalLong.empty()
            : OptionalLong.of(Math.max(0, bytes - allocated)),
        OptionalLong.empty());
  }

  private static Optional<ThreadMXBean> counts() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean counts
            && counts.isCurrentThreadCpuTimeSupported()
            && counts.isThreadCpuTimeEnabled()
        ? Optional.of(counts)
        : Optional.empty();
  }

  private static long delayedNanos() {
    if (!SCHEDULER_TELLS) {
      return 0;
    }
    try {
      String[] fields = Files.readString(SCHEDULER).split(" ", 3);
      return Long.parseLong(fields[1]);
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
      LOG.trace("how long this thread waited for a core is not known", unknown);
      return 0;
    }
  }
}
