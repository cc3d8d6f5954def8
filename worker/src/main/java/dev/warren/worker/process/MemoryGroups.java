package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Sizes;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes groups with a memory limit for children, beside a group for the worker: Linux hands the
 * memory of a group on to groups below it only while no process is in the group itself. So a worker
 * whose group may be changed by it (systemd's {@code Delegate=memory}) moves itself, with its
 * children, into {@code warren-worker-PID} below, and makes {@code warren-child-PID-N}. The
 * processes of a supervisor are born where that is. Safe for concurrent use.
 */
final class MemoryGroups {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryGroups.class);

  private static final String WORKER = "warren-worker-";
  private static final String CHILD = "warren-child-";
  private static final Pattern OF_PROCESS =
      Pattern.compile("(?:" + WORKER + "|" + CHILD + ")(\\d{1,18})(?:-\\d+)?");
  private static final String MEMORY = "memory";
  private static final String PROCESSES = "cgroup.procs";
  private static final String HANDED_ON = "cgroup.subtree_control";

  private static final String ADVICE =
      ". worker.child-memory-limit needs a control group (cgroup v2) that the worker may change and"
          + " has for itself: run it by systemd with Delegate=memory, or in a container where"
          + " /sys/fs/cgroup can be written; or leave the key out, --child-heap holds without";

  private final Path base;
  private final long limit;
  private final long worker;
  private final AtomicInteger made = new AtomicInteger();

  private MemoryGroups(Path base, long limit, long worker) {
    this.base = base;
    this.limit = limit;
    this.worker = worker;
  }

  /**
   * Makes ready what is needed. Again, it changes nothing.
   *
   * @param limit of each group, in bytes
   * @throws ConfigurationException if it is not possible here, with the reason and what to do
   */
  static MemoryGroups open(long limit) {
    return open(Path.of("/proc/self"), ProcessHandle.current(), limit);
  }

  /**
   * The same for a worker of which the system tells in a folder.
   *
   * @param told where {@code cgroup} and {@code mountinfo} are
   */
  static MemoryGroups open(Path told, ProcessHandle worker, long limit) {
    Path own = ownGroup(told);
    boolean moved = own.getFileName() != null && own.getFileName().toString().startsWith(WORKER);
    Path base = moved ? own.resolveSibling("") : own;
    requireMemory(base);
    if (!moved) {
      moveFrom(base, worker);
    }
    handOn(base);
    MemoryGroups groups = new MemoryGroups(base, limit, worker.pid());
    groups.removeLeft();
    try {
      groups.next().remove();
    } catch (IOException failed) {
      throw refused("the memory of groups in " + base + " cannot be limited: " + failed, failed);
    }
    if (!moved) {
      LOG.info("each child process gets {} of memory, in {}", Sizes.format(limit), base);
    }
    return groups;
  }

  private static Path ownGroup(Path told) {
    String groups;
    String mounts;
    try {
      groups = Files.readString(told.resolve("cgroup"));
      mounts = Files.readString(told.resolve("mountinfo"));
    } catch (IOException none) {
      throw refused("this system has no control groups: " + none, none);
    }
    return OwnGroup.folder(groups, mounts)
        .orElseThrow(() -> refused("no control group (cgroup v2) of this process is mounted"));
  }

  private static void requireMemory(Path base) {
    Set<String> handedOn = words(base.resolve("cgroup.controllers"));
    if (!handedOn.contains(MEMORY)) {
      throw refused(
          "the group %s has no memory of its own to limit (it has: %s)"
              .formatted(base, handedOn.isEmpty() ? "nothing" : String.join(", ", handedOn)));
    }
  }

  /** Moves the worker and its children into a group below theirs, if nobody else is in it. */
  private static void moveFrom(Path base, ProcessHandle worker) {
    Set<Long> family =
        Stream.concat(Stream.of(worker), worker.descendants())
            .map(ProcessHandle::pid)
            .collect(Collectors.toSet());
    try {
      List<Long> members = members(base);
      List<Long> others = members.stream().filter(pid -> !family.contains(pid)).toList();
      if (!others.isEmpty()) {
        throw refused(
            "%d other processes are in the group %s, too (the first is %d)"
                .formatted(others.size(), base, others.getFirst()));
      }
      Path leaf = base.resolve(WORKER + worker.pid());
      if (!Files.isDirectory(leaf)) {
        Files.createDirectory(leaf);
      }
      for (long member : members) {
        moveTo(leaf, member);
      }
    } catch (IOException | NumberFormatException failed) {
      throw refused("the group " + base + " cannot be changed: " + failed, failed);
    }
  }

  private static void moveTo(Path leaf, long member) throws IOException {
    try {
      Files.writeString(leaf.resolve(PROCESSES), String.valueOf(member));
    } catch (IOException failed) {
      if (ProcessHandle.of(member).isPresent()) {
        throw failed;
      }
    }
  }

  private static List<Long> members(Path group) throws IOException {
    return Files.readAllLines(group.resolve(PROCESSES)).stream().map(Long::valueOf).toList();
  }

  private static void handOn(Path base) {
    Path control = base.resolve(HANDED_ON);
    if (!words(control).contains(MEMORY)) {
      try {
        Files.writeString(control, "+" + MEMORY);
      } catch (IOException failed) {
        throw refused("the memory of " + base + " cannot be handed on: " + failed, failed);
      }
    }
  }

  private static Set<String> words(Path file) {
    try {
      return Arrays.stream(Files.readString(file).split("\\s+"))
          .filter(word -> !word.isEmpty())
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException unreadable) {
      throw refused(file + " cannot be read: " + unreadable, unreadable);
    }
  }

  /** The groups of workers that are gone, with what still runs there. */
  private void removeLeft() {
    try (DirectoryStream<Path> groups = Files.newDirectoryStream(base, "warren-*")) {
      for (Path group : groups) {
        Matcher name = OF_PROCESS.matcher(group.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          removeLeft(MemoryGroup.existing(group), name.group().startsWith(CHILD));
        }
      }
    } catch (IOException | DirectoryIteratorException untold) {
      LOG.debug("what is left in {} is not known", base, untold);
    }
  }

  private static void removeLeft(MemoryGroup group, boolean ofChild) {
    // Children of a supervisor that is gone may still be about to end, in its own group.
    if (ofChild) {
      group.clear();
    } else {
      group.remove();
    }
  }

  /** A group for another child. */
  MemoryGroup next() throws IOException {
    while (true) {
      Path folder = base.resolve(CHILD + worker + "-" + made.incrementAndGet());
      try {
        return MemoryGroup.create(folder, limit);
      } catch (FileAlreadyExistsException taken) {
        LOG.trace("{} is there already", folder);
      }
    }
  }

  private static ConfigurationException refused(String reason) {
    return new ConfigurationException(reason + ADVICE);
  }

  private static ConfigurationException refused(String reason, Exception cause) {
    return new ConfigurationException(reason + ADVICE, cause);
  }
}
