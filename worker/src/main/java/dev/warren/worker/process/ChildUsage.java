package dev.warren.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process has used so far, as far as the system tells. */
final class ChildUsage {
  private static final Logger LOG = LoggerFactory.getLogger(ChildUsage.class);
  private static final long PAGE = 4_096;

  private ChildUsage() {}

  /** How long its threads have computed; Linux tells it to 10 ms. */
  static Optional<Duration> cpu(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration());
  }

  /** Its bytes in memory. */
  static OptionalLong resident(long pid) {
    try {
      String[] pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ", 3);
      return OptionalLong.of(Long.parseLong(pages[1]) * PAGE);
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
      LOG.trace("the memory of process {} is not known", pid, unknown);
      return OptionalLong.empty();
    }
  }
}
