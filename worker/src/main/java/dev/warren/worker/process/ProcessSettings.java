package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
 */
public record ProcessSettings(
    int processes,
    long heap,
    Duration patience,
    int tasks,
    long memory,
    boolean suspects,
    List<String> commands) {
  public static final long DEFAULT_HEAP = 256L << 20;
  public static final long DEFAULT_MEMORY = 1L << 30;
  public static final int DEFAULT_TASKS = 1_000;
  public static final Duration DEFAULT_PATIENCE = Duration.ofMillis(400);

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
    this(processes, heap, patience, tasks, memory, true, commands);
  }

  /** The defaults, for so many processes. */
  public static ProcessSettings of(int processes) {
    return new ProcessSettings(
        processes, DEFAULT_HEAP, DEFAULT_PATIENCE, DEFAULT_TASKS, DEFAULT_MEMORY, List.of());
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
    return new ChildProgram(
        java(Math.max(heap, Runtime.getRuntime().maxMemory())), tasks, START_LIMIT);
  }

  /**
   * Children that are JVMs.
   *
   * @param tasks what they load
   */
  ChildProgram jvm(Told.Load tasks) {
    return new ChildProgram(java(heap), tasks, START_LIMIT);
  }

  /** Children that run a command; the shell that reads it becomes the program. */
  ChildProgram command(String command, Told.Load tasks) {
    return new ChildProgram(List.of("/bin/sh", "-c", "exec " + command), tasks, START_LIMIT);
  }

  /** A JVM that starts fast, stays small and ends when its memory does. */
  private static List<String> java(long heap) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Xshare:auto");
    command.add("-XX:-UsePerfData");
    command.add("-Djava.awt.headless=true");
    command.add("-Dfile.encoding=UTF-8");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ChildMain.class.getName());
    return command;
  }
}
