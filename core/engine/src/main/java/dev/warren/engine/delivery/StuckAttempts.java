package dev.warren.engine.delivery;

import dev.warren.api.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The attempts that were given up and still hold their thread. Each has its slot replaced, until as
 * many are stuck in a lane as it runs at once: then the process has become twice as large as it was
 * meant to be, and is not ready any more. Safe for concurrent use.
 */
final class StuckAttempts {
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<AttemptRun, Place> stuck = new LinkedHashMap<>();

  /** Written under the lock, read without it on the way of every task. */
  private volatile boolean any;

  private record Place(LaneExecutor lane, HeldTask task) {}

  /** An attempt is stuck from now on. */
  void add(AttemptRun attempt, LaneExecutor lane, HeldTask task) {
    lock.lock();
    try {
      stuck.put(attempt, new Place(lane, task));
      any = true;
      if (in(lane) <= lane.concurrency()) {
        lane.replace(attempt);
      }
    } finally {
      lock.unlock();
    }
  }

  /** An attempt has ended after all. */
  void remove(AttemptRun attempt) {
    lock.lock();
    try {
      stuck.remove(attempt);
      any = !stuck.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether an attempt of the task is stuck here. */
  boolean holds(TaskId task) {
    return any && all().stream().anyMatch(each -> each.task().equals(task));
  }

  /** All of them, the longest first. */
  List<HeldTask> all() {
    lock.lock();
    try {
      return stuck.values().stream().map(Place::task).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Which lane has as many stuck attempts as it runs at once, for people. */
  Optional<String> overwhelmed() {
    if (!any) {
      return Optional.empty();
    }
    lock.lock();
    try {
      List<LaneExecutor> lanes =
          new ArrayList<>(stuck.values().stream().map(Place::lane).distinct().toList());
      return lanes.stream()
          .filter(lane -> in(lane) >= lane.concurrency())
          .map(
              lane ->
                  "lane %s: %d attempts do not end although they were told to stop; restart this process"
                      .formatted(lane.lane().word(), in(lane)))
          .findFirst();
    } finally {
      lock.unlock();
    }
  }

  private long in(LaneExecutor lane) {
    return stuck.values().stream().filter(place -> Objects.equals(place.lane(), lane)).count();
  }
}
