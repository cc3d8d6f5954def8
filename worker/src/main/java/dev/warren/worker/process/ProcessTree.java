package dev.warren.worker.process;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process and those that it started. What a process started and that then left it (a daemon) is
 * not found any more.
 */
final class ProcessTree {
  private static final int ROUNDS = 10;
  private static final Duration GONE_LIMIT = Duration.ofSeconds(5);

  private final Process root;

  ProcessTree(Process root) {
    this.root = root;
  }

  /** Asks all of them to end (SIGTERM). */
  void terminate() {
    List<ProcessHandle> descendants = root.descendants().toList();
    root.destroy();
    descendants.forEach(ProcessHandle::destroy);
  }

  /** Ends all of them at once (SIGKILL), and waits until they are gone. */
  void kill() {
    Set<ProcessHandle> all = new LinkedHashSet<>();
    // Again, as long as there are more: one may have been started while we looked.
    for (int round = 0; round < ROUNDS && all.addAll(root.descendants().toList()); round++) {
      for (ProcessHandle one : List.copyOf(all)) {
        all.addAll(one.descendants().toList());
      }
    }
    root.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + GONE_LIMIT.toNanos();
    awaitExit(root.toHandle(), deadline);
    all.forEach(one -> awaitExit(one, deadline));
  }

  /** Whether it ends within a time. An interrupt does not shorten it, and stays. */
  static boolean awaitExit(ProcessHandle process, long deadlineNanos) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          process
              .onExit()
              .get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
          return true;
        } catch (InterruptedException again) {
          interrupted = true;
        } catch (TimeoutException late) {
          return false;
        } catch (ExecutionException impossible) {
          throw new IllegalStateException(impossible);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
