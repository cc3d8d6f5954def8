package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Sizes;
import dev.warren.engine.startup.JavaProgram;
import dev.warren.engine.startup.StartupCache;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How tasks run in child processes.
 *
 * @param processes how many at once
 * @param heap the largest heap of a child that is a JVM, in bytes. Default is 256 MiB.
 * @param patience what a child gets to end when it is asked, and once more after SIGTERM. Default
 *     is 400 ms.
 * @param tasks a child is replaced after so many attempts. Default is 1,000.
 * @param memory a child is replaced after an attempt that left it with more bytes resident. Default
 *     is 1 GiB.
 * @param suspects whether suspects of any lane run in a child, where that is possible. Default is
 *     true.
 * @param commands programs in any language that bring tasks; as for a shell
 * @param startupCaches the folder for what makes children that are JVMs start faster; made if need
 *     be. Default is null: they start without.
 * @param memoryLimit how many bytes of memory each gets with all that it starts; the system ends
 *     them if they need more. Default is null: no limit.
 */
public record ProcessSettings(
    int processes,
    long heap,
    Duration patience,
    int tasks,
    long memory,
    boolean suspects,
    List<String> commands,
    @Nullable Path startupCaches,
    @Nullable Long memoryLimit) {
  public static final long DEFAULT_HEAP = 256L << 20;
  public static final long DEFAULT_MEMORY = 1L << 30;
  public static final int DEFAULT_TASKS = 1_000;
  public static final Duration DEFAULT_PATIENCE = Duration.ofMillis(400);

  /**
   * A share of the machine's memory would be its first heap otherwise, and be filled before any is
   * collected.
   */
  private static final long FIRST_HEAP = 32L << 20;

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  public ProcessSettings {
    commands = List.copyOf(commands);
    if (processes < 1 || tasks < 1) {
      throw new ConfigurationException("a process lane has at least one process, for one task");
    }
    if (memoryLimit != null && memoryLimit <= heap) {
      throw new ConfigurationException(
          "worker.child-memory-limit (%s) must be more than worker.child-heap (%s): a JVM needs memory beside its heap"
              .formatted(Sizes.format(memoryLimit), Sizes.format(heap)));
    }
  }

  /** With suspects in children. */
  public ProcessSettings(
      int processes, long heap, Duration patience, int tasks, long memory, List<String> commands) {
    this(processes, heap, patience, tasks, memory, true, commands, null, null);
  }

  /** The defaults, for so many processes. */
  public static ProcessSettings of(int processes) {
    return new ProcessSettings(
        processes, DEFAULT_HEAP, DEFAULT_PATIENCE, DEFAULT_TASKS, DEFAULT_MEMORY, List.of());
  }

  /** The same with startup caches in a folder, or without. */
  public ProcessSettings withStartupCaches(@Nullable Path folder) {
    return new ProcessSettings(
        processes, heap, patience, tasks, memory, suspects, commands, folder, memoryLimit);
  }

  /** The same with a limit of memory, in bytes, for each child with all that it starts. */
  public ProcessSettings withMemoryLimit(long limit) {
    return new ProcessSettings(
        processes, heap, patience, tasks, memory, suspects, commands, startupCaches, limit);
  }

  /**
   * Makes ready what a memory limit needs of the system, for this process and those that it will
   * start; without a limit nothing. Again, it changes nothing.
   *
   * @throws ConfigurationException if it is not possible here
   */
  public void prepareMemoryLimit() {
    MemoryGroups _ = memoryGroups(0);
  }

  /** With as much more than the limit; null without a limit. */
  private @Nullable MemoryGroups memoryGroups(long more) {
    return memoryLimit == null ? null : MemoryGroups.open(memoryLimit + more);
  }

  ChildPool.Plan pool() {
    return new ChildPool.Plan(processes, tasks, memory, false);
  }

  /** One child, while there is a suspect. */
  ChildPool.Plan forSuspects() {
    return new ChildPool.Plan(1, tasks, memory, true);
  }

  /** As {@link #jvm}, with as much memory as the tasks of other lanes have in the worker. */
  ChildProgram jvmForSuspects(Told.Load tasks) {
    long ofWorker = Math.max(heap, Runtime.getRuntime().maxMemory());
    return program(java(ofWorker), null, tasks, memoryGroups(ofWorker - heap));
  }

  /**
   * Children that are JVMs.
   *
   * @param cache by which they start faster, as soon as it is there; null for none
   * @param tasks what they load
   */
  ChildProgram jvm(@Nullable StartupCache cache, Told.Load tasks) {
    return program(java(heap), cache, tasks, memoryGroups(0));
  }

  private static ChildProgram program(
      JavaProgram java,
      @Nullable StartupCache cache,
      Told.Load tasks,
      @Nullable MemoryGroups groups) {
    return new ChildProgram(
        () -> java.command(cache == null ? List.of() : cache.flags(), ChildMain.class.getName()),
        tasks,
        START_LIMIT,
        groups);
  }

  /** A cache for children that are JVMs, unless there is to be none. */
  @Nullable StartupCache startupCache() {
    return startupCaches == null ? null : new StartupCache(startupCaches, java(heap));
  }

  /** Children that run a command; the shell that reads it becomes the program. */
  ChildProgram command(String command, Told.Load tasks) {
    List<String> words = List.of("/bin/sh", "-c", "exec " + command);
    return new ChildProgram(() -> words, tasks, START_LIMIT, memoryGroups(0));
  }

  /** A JVM that starts fast, stays small and ends when its memory does. */
  private static JavaProgram java(long heap) {
    List<String> flags =
        List.of(
            "-Xms" + Math.min(heap, FIRST_HEAP),
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "-Djava.awt.headless=true",
            "-Dfile.encoding=UTF-8");
    return new JavaProgram(
        "child", flags, System.getProperty("java.class.path"), ChildTraining.class.getName());
  }
}
