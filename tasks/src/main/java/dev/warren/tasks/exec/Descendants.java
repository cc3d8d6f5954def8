package dev.warren.tasks.exec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command and all that it has started: its descendants and, on Linux, also those that have left
 * it (daemons), which are known by a variable in their environment that no other process has.
 */
final class Descendants {
  private static final int ROUNDS = 10;
  private static final Duration GONE_LIMIT = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Path PROCESSES = Path.of("/proc");

  private final Process root;
  private final String mark;

  /**
   * @param mark {@code NAME=value} in the environment of the command
   */
  Descendants(Process root, String mark) {
    this.root = root;
    this.mark = mark;
  }

  /** Asks all of them to end (SIGTERM). Returns whom. */
  Set<ProcessHandle> terminate() {
    Set<ProcessHandle> all = alive();
    all.forEach(ProcessHandle::destroy);
    return all;
  }

  /** Ends all of them at once (SIGKILL), and waits until they are gone. Returns whom. */
  Set<ProcessHandle> kill() {
    Set<ProcessHandle> killed = new LinkedHashSet<>();
    // Again, as long as there are more: one may have been started while we looked.
    for (int round = 0; round < ROUNDS; round++) {
      Set<ProcessHandle> found = alive();
      if (found.isEmpty()) {
        break;
      }
      found.forEach(ProcessHandle::destroyForcibly);
      killed.addAll(found);
      awaitEnd(found, GONE_LIMIT);
    }
    return killed;
  }

  /** Those that live now. */
  Set<ProcessHandle> alive() {
    Set<ProcessHandle> all = new LinkedHashSet<>();
    if (root.isAlive()) {
      all.add(root.toHandle());
    }
    root.descendants().forEach(all::add);
    for (ProcessHandle marked : marked()) {
      all.add(marked);
      marked.descendants().forEach(all::add);
    }
    all.removeIf(Descendants::isGone);
    return all;
  }

  private List<ProcessHandle> marked() {
    if (!Files.isDirectory(PROCESSES)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(PROCESSES)) {
      return folders.filter(this::isMarked).flatMap(each -> process(each).stream()).toList();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  private boolean isMarked(Path folder) {
    if (!name(folder).chars().allMatch(Character::isDigit)) {
      return false;
    }
    try {
      String variables = Files.readString(folder.resolve("environ"), ISO_8859_1) + '\0';
      return variables.startsWith(mark + '\0') || variables.contains('\0' + mark + '\0');
    } catch (IOException gone) {
      // It has ended, or is somebody else's.
      return false;
    }
  }

  private static Optional<ProcessHandle> process(Path folder) {
    return ProcessHandle.of(Long.parseLong(name(folder)));
  }

  private static String name(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  /**
   * Whether all of them end within a time. An interrupt does not shorten it, and stays.
   *
   * @param processes who are waited for
   */
  static boolean awaitEnd(Set<ProcessHandle> processes, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    try {
      for (ProcessHandle process : processes) {
        while (!isGone(process)) {
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            return false;
          }
          try {
            // Not longer at once: Java itself looks for the end of what is no child of it only now
            // and then.
            process
                .onExit()
                .completeOnTimeout(process, Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS)
                .get();
          } catch (InterruptedException again) {
            interrupted = true;
          } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
          }
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Also one that has ended and whose end nobody asks for, as in a container without an init. */
  private static boolean isGone(ProcessHandle process) {
    if (!process.isAlive()) {
      return true;
    }
    try {
      String status = Files.readString(PROCESSES.resolve(process.pid() + "/stat"), ISO_8859_1);
      return status.startsWith(" Z", status.lastIndexOf(')') + 1);
    } catch (IOException unknown) {
      return !process.isAlive();
    }
  }
}
