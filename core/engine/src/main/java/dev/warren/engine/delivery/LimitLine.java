package dev.warren.engine.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Actions that are all due equally long after they were added, so that the first added is the first
 * due: one alarm is set, for that one, and not moved when it goes. Safe for concurrent use.
 */
final class LimitLine {
  private static final Logger LOG = LoggerFactory.getLogger(LimitLine.class);

  private final Duration length;
  private final BiConsumer<Duration, Runnable> alarm;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable Place first;
  private @Nullable Place last;
  private boolean set;

  /**
   * @param alarm runs an action after a time
   */
  LimitLine(Duration length, BiConsumer<Duration, Runnable> alarm) {
    this.length = length;
    this.alarm = alarm;
  }

  Deadlines.Entry add(Runnable action) {
    boolean setNow;
    Place place;
    lock.lock();
    try {
      place = new Place(System.nanoTime() + length.toNanos(), action);
      place.before = last;
      if (last == null) {
        first = place;
      } else {
        last.after = place;
      }
      last = place;
      setNow = !set;
      set = true;
    } finally {
      lock.unlock();
    }
    if (setNow) {
      alarm.accept(length, this::ring);
    }
    return place;
  }

  private void ring() {
    List<Runnable> due = new ArrayList<>();
    long left = 0;
    lock.lock();
    try {
      long now = System.nanoTime();
      while (first != null && first.at - now <= 0) {
        due.add(first.action());
        leave(first);
      }
      set = first != null;
      if (first != null) {
        left = first.at - now;
      }
    } finally {
      lock.unlock();
    }
    if (left > 0) {
      // Before what is due is done, which may fail.
      alarm.accept(Duration.ofNanos(left), this::ring);
    }
    due.forEach(LimitLine::run);
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException broken) {
      // Thrown on, the others that are due now would never come.
      LOG.error("what was to happen after a limit failed", broken);
    }
  }

  /** Takes a place out of the line. */
  private void leave(Place place) {
    if (place.gone) {
      return;
    }
    place.gone = true;
    if (place.before == null) {
      first = place.after;
    } else {
      place.before.after = place.after;
    }
    if (place.after == null) {
      last = place.before;
    } else {
      place.after.before = place.before;
    }
    // Whoever keeps the place must keep neither the others nor what was to be done.
    place.before = null;
    place.after = null;
    place.action = null;
  }

  /** Guarded by the line's lock. */
  private final class Place implements Deadlines.Entry {
    private final long at;
    private @Nullable Runnable action;
    private @Nullable Place before;
    private @Nullable Place after;
    private boolean gone;

    Place(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    /** Of a place that has not left. */
    Runnable action() {
      return Objects.requireNonNull(action);
    }

    @Override
    public void cancel() {
      lock.lock();
      try {
        leave(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
