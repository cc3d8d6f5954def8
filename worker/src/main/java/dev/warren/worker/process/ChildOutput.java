package dev.warren.worker.process;

import dev.warren.worker.output.Lines;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on to the log what a child prints, and keeps the last lines for the story of a crash. */
final class ChildOutput implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.warren.process");
  private static final int KEPT_LINES = 20;
  private static final int LONGEST_LINE = 500;

  /** A child that never ends a line costs the worker no more memory. */
  private static final int LONGEST_PASSED_ON = 8_192;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Deque<String> last = new ArrayDeque<>();
  private final List<Thread> threads;

  ChildOutput(String name, Process process) {
    this.name = name;
    threads =
        List.of(
            Thread.ofPlatform()
                .daemon()
                .name(name + "-output")
                .unstarted(() -> pass(process.getInputStream())),
            Thread.ofPlatform()
                .daemon()
                .name(name + "-errors")
                .unstarted(() -> pass(process.getErrorStream())));
  }

  void start() {
    threads.forEach(Thread::start);
  }

  String lastLines() {
    lock.lock();
    try {
      return String.join("\n", last);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    awaitEnd(CLOSE_LIMIT);
  }

  /** Waits until all that it printed has come, for each of its outputs at most so long. */
  void awaitEnd(Duration limit) {
    boolean interrupted = Thread.interrupted();
    try {
      for (Thread thread : threads) {
        if (thread.getState() != Thread.State.NEW) {
          thread.join(limit);
        }
      }
    } catch (InterruptedException again) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void pass(InputStream from) {
    try (Lines lines = new Lines(from, LONGEST_PASSED_ON)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        LOG.info("{}: {}", name, line);
        keep(line);
      }
    } catch (IOException broken) {
      LOG.debug("the output of {} broke off", name, broken);
    }
  }

  private void keep(String line) {
    lock.lock();
    try {
      if (last.size() == KEPT_LINES) {
        last.removeFirst();
      }
      last.addLast(line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…");
    } finally {
      lock.unlock();
    }
  }
}
