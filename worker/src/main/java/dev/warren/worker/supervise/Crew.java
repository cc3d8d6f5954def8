package dev.warren.worker.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The supervised processes of a program, by the numbers in their names. Safe for concurrent use.
 */
final class Crew {
  private final Child.Home home;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final List<Child> children = new ArrayList<>();
  private boolean closed;

  Crew(Child.Home home) {
    this.home = home;
  }

  /** Starts one more, under the lowest number that is free; empty once all were told to stop. */
  Optional<Child> startOne() {
    lock.lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      int index = 1;
      while (isTaken(index)) {
        index++;
      }
      Child child = new Child(index, home);
      children.add(child);
      child.start();
      return Optional.of(child);
    } finally {
      lock.unlock();
    }
  }

  private boolean isTaken(int index) {
    return children.stream().anyMatch(child -> child.index() == index);
  }

  /** All that have not ended, and those that were told to drain. */
  List<Child> all() {
    lock.lock();
    try {
      children.removeIf(child -> child.state().phase() == ChildState.Phase.ENDED);
      return children.stream().sorted(Comparator.comparingInt(Child::index)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Those that work or are to work again. */
  List<Child> working() {
    return all().stream().filter(child -> child.state().counts()).toList();
  }

  /** How many were told from afar to drain. */
  int drained() {
    return (int)
        all().stream().filter(child -> child.state().phase() == ChildState.Phase.DRAINED).count();
  }

  /** Asks all to stop in order; from then on none is started. */
  List<Child> stop(Duration grace) {
    List<Child> asked;
    lock.lock();
    try {
      closed = true;
      asked = List.copyOf(children);
    } finally {
      lock.unlock();
    }
    for (Child child : asked) {
      child.hurryAfter(grace);
      child.stop();
    }
    return asked;
  }
}
