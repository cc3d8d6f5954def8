package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
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
 * @param heap the longest heap of a child that is a JVM, in bytes. Default is 256 MiB.
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
 */
public record ProcessSettings(
    int processes,
    long heap,
    Duration patience,
    int tasks,
    long memory,
    boolean suspects,
    List<String> commands,
    @Nullable Path startupCaches) {
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
  }

  /** With suspects in children. */
  public ProcessSettings(
      int processes, long heap, Duration patience, int tasks, long memory, List<String> commands) {
    this(processes, heap, patience, tasks, memory, true, commands, null);
  }

  /** The defaults, for so many processes. */
  public static ProcessSettings of(int processes) {
    return new ProcessSettings(
        processes, DEFAULT_HEAP, DEFAULT_PATIENCE, DEFAULT_TASKS, DEFAULT_MEMORY, List.of());
  }

  /** The same with startup caches in a folder, or without. */
  public ProcessSettings withStartupCaches(@Nullable Path folder) {
    return new ProcessSettings(
        processes, heap, patience, tasks, memory, suspects, commands, folder);
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
    return program(java(Math.max(heap, Runtime.getRuntime().maxMemory())), null, tasks);
  }

  /**
   * Children that are JVMs.
   *
   * @param cache by which they start faster, as soon as it is there; null for none
   * @param tasks what they load
   */
  ChildProgram jvm(@Nullable StartupCache cache, Told.Load tasks) {
    return program(java(heap), cache, tasks);
  }

  private static ChildProgram program(
      JavaProgram java, @Nullable StartupCache cache, Told.Load tasks) {
    return new ChildProgram(
        () -> java.command(cache == null ? List.of() : cache.flags(), ChildMain.class.getName()),
        tasks,
        START_LIMIT);
  }

  /** A cache for children that are JVMs, unless there is to be none. */
  @Nullable StartupCache startupCache() {
    return startupCaches == null ? null : new StartupCache(startupCaches, java(heap));
  }

  /** Children that run a command; the shell that reads it becomes the program. */
  ChildProgram command(String command, Told.Load tasks) {
    List<String> words = List.of("/bin/sh", "-c", "exec " + command);
    return new ChildProgram(() -> words, tasks, START_LIMIT);
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
