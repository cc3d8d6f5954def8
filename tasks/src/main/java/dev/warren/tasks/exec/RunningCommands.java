package dev.warren.tasks.exec;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The commands that run now, so that none outlives a worker that ends in order. */
final class RunningCommands {
  private final Set<CommandRun> running = ConcurrentHashMap.newKeySet();

  /** Ends what still runs when the JVM ends. */
  void endWithTheProcess() {
    // A worker gives back a task whose handler takes long to stop, and leaves.
    Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "warren-exec-end"));
  }

  void add(CommandRun run) {
    running.add(run);
  }

  void remove(CommandRun run) {
    running.remove(run);
  }

  /** Ends all of them, at the same time. */
  void endAll() {
    List<Thread> threads =
        running.stream()
            .map(run -> Thread.ofPlatform().name("warren-exec-end").start(run::end))
            .toList();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
