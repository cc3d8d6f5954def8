package dev.warren.worker.supervise;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Set;

/**
 * Replaces processes one after the other: a new one is started, and only when it takes work the old
 * one is told to stop; when that has ended, the next. A new one that does not come to take work is
 * given up, and the old ones stay. Pure: it is told what is seen and says what to do. Not safe for
 * concurrent use.
 */
final class RollingRestart {
  /** What to do next. */
  sealed interface Step {
    /** Nothing yet. */
    record Wait() implements Step {}

    /** To start a process, and to tell its name by {@link RollingRestart#started}. */
    record Start() implements Step {}

    /** To tell an old one to stop. */
    record Stop(String old) implements Step {}

    /** All are replaced. */
    record Done(int replaced) implements Step {}

    /** To take the new one away: it does not come to work. */
    record GiveUp(String fresh, int left) implements Step {}
  }

  /**
   * The processes at a moment.
   *
   * @param ready those that take work
   * @param there those that have not ended
   * @param failing those that crash
   */
  record Seen(Set<String> ready, Set<String> there, Set<String> failing) {}

  private enum Stage {
    TO_START,
    STARTING,
    STOPPING,
    OVER
  }

  private final Deque<String> old;
  private final Duration patience;
  private Stage stage = Stage.TO_START;
  private String fresh = "";
  private Duration since = Duration.ZERO;
  private int replaced;

  /**
   * @param old the names of those to replace, in order
   * @param patience what a new one gets until it takes work
   */
  RollingRestart(Collection<String> old, Duration patience) {
    this.old = new ArrayDeque<>(old);
    this.patience = patience;
  }

  /**
   * What to do now; each step but waiting is said once.
   *
   * @param now since any fixed moment
   */
  Step next(Duration now, Seen seen) {
    return switch (stage) {
      case TO_START -> begin(seen);
      case STARTING -> watch(now, seen);
      case STOPPING -> seen.there().contains(old.getFirst()) ? new Step.Wait() : goOn(seen);
      case OVER -> new Step.Wait();
    };
  }

  private Step begin(Seen seen) {
    // Who has ended for another reason needs nobody in its place.
    while (!old.isEmpty() && !seen.there().contains(old.getFirst())) {
      old.removeFirst();
    }
    if (old.isEmpty()) {
      stage = Stage.OVER;
      return new Step.Done(replaced);
    }
    return new Step.Start();
  }

  private Step watch(Duration now, Seen seen) {
    if (seen.ready().contains(fresh)) {
      stage = Stage.STOPPING;
      return new Step.Stop(old.getFirst());
    }
    if (!seen.there().contains(fresh)
        || seen.failing().contains(fresh)
        || now.minus(since).compareTo(patience) > 0) {
      stage = Stage.OVER;
      return new Step.GiveUp(fresh, old.size());
    }
    return new Step.Wait();
  }

  private Step goOn(Seen seen) {
    old.removeFirst();
    replaced++;
    stage = Stage.TO_START;
    return begin(seen);
  }

  /** The process that was started because of {@link Step.Start}. */
  void started(Duration now, String name) {
    fresh = name;
    since = now;
    stage = Stage.STARTING;
  }

  /** Whether there is nothing left to do. */
  boolean over() {
    return stage == Stage.OVER;
  }
}
