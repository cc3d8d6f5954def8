package dev.warren.worker.process;

import dev.warren.engine.configuration.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control group of Linux (cgroup v2) for one child and all that it starts, which together get so
 * much memory: the system ends all of them if they need more. The files are those of the kernel's
 * documentation, {@code admin-guide/cgroup-v2}.
 */
final class MemoryGroup {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryGroup.class);
  private static final Duration GONE_LIMIT = Duration.ofSeconds(5);

  private final Path folder;
  private final long limit;
  private volatile Optional<String> end = Optional.empty();

  private MemoryGroup(Path folder, long limit) {
    this.folder = folder;
    this.limit = limit;
  }

  /**
   * Makes a group without processes.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one of this name
   */
  static MemoryGroup create(Path folder, long limit) throws IOException {
    Files.createDirectory(folder);
    MemoryGroup group = new MemoryGroup(folder, limit);
    boolean made = false;
    try {
      Files.writeString(folder.resolve("memory.max"), String.valueOf(limit));
      group.writeWhereKnown("memory.swap.max", "0");
      group.writeWhereKnown("memory.oom.group", "1");
      made = true;
      return group;
    } finally {
      if (!made) {
        group.remove();
      }
    }
  }

  /** A group that somebody has left behind. */
  static MemoryGroup existing(Path folder) {
    return new MemoryGroup(folder, 0);
  }

  /** Not every kernel accounts for swap. */
  private void writeWhereKnown(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      Files.writeString(file, text);
    }
  }

  /**
   * The command of a process that is in the group before it does anything: a shell enters it and
   * becomes the program.
   */
  List<String> entering(List<String> command) {
    List<String> words =
        new ArrayList<>(List.of("/bin/sh", "-c", "echo 0 > \"$0\" && exec \"$@\""));
    words.add(folder.resolve("cgroup.procs").toString());
    words.addAll(command);
    return words;
  }

  /** The processes in it. */
  Set<ProcessHandle> members() {
    Set<ProcessHandle> members = new LinkedHashSet<>();
    try {
      for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(members::add);
      }
    } catch (IOException | NumberFormatException gone) {
      LOG.trace("the processes in {} are not known", folder, gone);
    }
    return members;
  }

  /** Ends all processes in it: at once, where the kernel does that (Linux 5.14). */
  void kill() {
    try {
      writeWhereKnown("cgroup.kill", "1");
    } catch (IOException failed) {
      LOG.debug("{} cannot be killed as a whole", folder, failed);
    }
    members().forEach(ProcessHandle::destroyForcibly);
  }

  /** Ends what is still in it, and removes it. */
  void clear() {
    Set<ProcessHandle> left = members();
    if (!left.isEmpty()) {
      kill();
      long deadline = System.nanoTime() + GONE_LIMIT.toNanos();
      left.forEach(one -> ProcessTree.awaitExit(one, deadline));
    }
    remove();
  }

  /** Says so if the system has ended it for its memory; also when it is removed. */
  Optional<String> outOfMemory() {
    Optional<String> now = readEnd();
    if (now.isPresent()) {
      end = now;
    }
    return end;
  }

  private Optional<String> readEnd() {
    try {
      List<String> events = Files.readAllLines(folder.resolve("memory.events"));
      if (!counted(events, "oom_kill ")) {
        return Optional.empty();
      }
      // The limit of a group around this one, or the end of the machine's memory, counts no 'oom'.
      return Optional.of(
          counted(events, "oom ")
              ? "the system killed it for its memory: with what it started it needed more than "
                  + Sizes.format(limit)
                  + " (worker.child-memory-limit)"
              : "the system killed it, as memory ran out for the whole worker or machine");
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private static boolean counted(List<String> events, String name) {
    return events.stream().anyMatch(line -> line.startsWith(name) && !line.equals(name + "0"));
  }

  /** Removes it if no process is in it any more; whoever comes next removes it otherwise. */
  void remove() {
    Optional<String> _ = outOfMemory();
    try {
      Files.deleteIfExists(folder);
    } catch (IOException busy) {
      LOG.debug("{} cannot be removed now", folder, busy);
    }
  }
}
