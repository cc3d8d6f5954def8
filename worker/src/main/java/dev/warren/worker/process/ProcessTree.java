package dev.warren.worker.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process and those that it started: its descendants, and those that have left it (daemons) but
 * still have its mark in their environment, where the system tells (Linux); or all that are in its
 * group, if it has one.
 */
final class ProcessTree {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
  private static final int ROUNDS = 10;
  private static final Duration GONE_LIMIT = Duration.ofSeconds(5);

  private static final Path PROC = Path.of("/proc");

  private final Process root;
  private final String mark;
  private final @Nullable MemoryGroup group;

  /**
   * @param mark an entry {@code NAME=value} of its environment that no other process has
   * @param group that nothing else is in; null if it has none
   */
  ProcessTree(Process root, String mark, @Nullable MemoryGroup group) {
    this.root = root;
    this.mark = mark;
    this.group = group;
  }

  /** Asks all of them to end (SIGTERM). */
  void terminate() {
    Set<ProcessHandle> others = others();
    root.destroy();
    others.forEach(ProcessHandle::destroy);
  }

  /** Ends all of them at once (SIGKILL), and waits until they are gone. */
  void kill() {
    Set<ProcessHandle> all = new LinkedHashSet<>();
    // Again, as long as there are more: one may have been started while we looked.
    for (int round = 0; round < ROUNDS && all.addAll(others()); round++) {
      if (group != null) {
        group.kill();
      }
      for (ProcessHandle one : List.copyOf(all)) {
        all.addAll(one.descendants().toList());
      }
      root.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
    }
    root.destroyForcibly();
    long deadline = System.nanoTime() + GONE_LIMIT.toNanos();
    awaitExit(root, deadline);
    all.forEach(one -> awaitExit(one, deadline));
  }

  /** When the root has ended: what is still in its group ends, too, and the group is removed. */
  void close() {
    if (group != null) {
      group.clear();
    }
  }

  /** Says so if the system has ended them for their memory. */
  Optional<String> outOfMemory() {
    return group == null ? Optional.empty() : group.outOfMemory();
  }

  private Set<ProcessHandle> others() {
    Set<ProcessHandle> others = new LinkedHashSet<>(root.descendants().toList());
    others.addAll(marked());
    if (group != null) {
      others.addAll(group.members());
    }
    others.remove(root.toHandle());
    return others;
  }

  /** Those that have the mark in their environment, as whoever they started inherits it. */
  private List<ProcessHandle> marked() {
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path one : processes) {
        if (isMarked(one.resolve("environ"))) {
          ProcessHandle.of(Long.parseLong(one.getFileName().toString()))
              .filter(ProcessHandle::isAlive)
              .ifPresent(found::add);
        }
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException untold) {
      LOG.debug("the environments of processes are not known here", untold);
    }
    return found;
  }

  private boolean isMarked(Path environment) {
    try {
      return ("\0" + Files.readString(environment, StandardCharsets.ISO_8859_1) + "\0")
          .contains("\0" + mark + "\0");
    } catch (IOException goneOrOfSomebodyElse) {
      return false;
    }
  }

  /**
   * Whether it ends within a time; if so, its exit code is known. Not the end of its handle is
   * waited for, which may be told a moment before that. An interrupt does not shorten it, and
   * stays.
   */
  static boolean awaitExit(Process process, long deadlineNanos) {
    return awaitExit(process.onExit(), deadlineNanos);
  }

  /** Whether it ends within a time. */
  static boolean awaitExit(ProcessHandle process, long deadlineNanos) {
    return awaitExit(process.onExit(), deadlineNanos);
  }

  private static boolean awaitExit(CompletableFuture<?> exit, long deadlineNanos) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          exit.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
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
