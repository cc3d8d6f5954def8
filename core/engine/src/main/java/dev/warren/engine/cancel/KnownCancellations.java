package dev.warren.engine.cancel;

import dev.warren.api.TaskId;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The cancellations that a process has heard of, for 15 days each. Safe for concurrent use; made to
 * be asked for every task several times.
 */
public final class KnownCancellations {
  private static final Duration KEPT = Topology.CANCELLATION_RETENTION;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final CancelledIds tasks = new CancelledIds();
  private final Map<String, Long> batches = new HashMap<>();
  private volatile boolean none = true;

  /** Whether the task is to be run no more. */
  public boolean cover(TaskMessage task) {
    if (none) {
      return false;
    }
    String batch = task.lineage().batch();
    lock.lock();
    try {
      return tasks.second(task.id().value(), task.generation()) != 0
          || reaches(tasks.second(task.id().value(), Cancellation.EVERY_GENERATION), task)
          || (batch != null && reaches(batches.getOrDefault(batch, 0L), task));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a cancellation of all generations means this one. To replay a task after it was
   * cancelled is a decision of its own; a first generation is always meant, so that no clock
   * decides whether a cancellation counts.
   */
  private static boolean reaches(long second, TaskMessage task) {
    return second != 0 && (task.generation() == 1 || task.enqueuedAt().getEpochSecond() <= second);
  }

  /** Notes a cancellation, unless it is so old that no task can be left that it means. */
  void add(Cancellation cancellation, Instant now) {
    // A clock that is ahead must neither cancel later replays nor be remembered for longer.
    Instant at = cancellation.at().isAfter(now) ? now : cancellation.at();
    if (at.isBefore(now.minus(KEPT))) {
      return;
    }
    long second = at.getEpochSecond();
    lock.lock();
    try {
      switch (cancellation) {
        case Cancellation.OfTask(TaskId task, int generation, Instant asked, String by) ->
            tasks.put(task.value(), generation, second);
        case Cancellation.OfBatch(String batch, Instant asked, String by) ->
            batches.merge(batch, second, Math::max);
      }
      none = false;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what is older than 15 days. */
  void prune(Instant now) {
    long oldest = now.minus(KEPT).getEpochSecond();
    lock.lock();
    try {
      tasks.dropBefore(oldest);
      batches.values().removeIf(second -> second < oldest);
      none = tasks.size() == 0 && batches.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** How many there are. */
  public int size() {
    lock.lock();
    try {
      return tasks.size() + batches.size();
    } finally {
      lock.unlock();
    }
  }
}
