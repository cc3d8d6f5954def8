package dev.warren.worker.supervise;

import java.time.Duration;

/**
 * How long to wait before a crashed process is started again: doubling from half a second to a
 * minute; from the beginning again after a process that lived for a minute. Not safe for concurrent
 * use.
 */
final class RestartDelay {
  static final Duration FIRST = Duration.ofMillis(500);
  static final Duration LONGEST = Duration.ofMinutes(1);
  static final Duration STABLE = Duration.ofMinutes(1);

  private final Duration first;
  private int crashesInRow;

  RestartDelay() {
    this(FIRST);
  }

  /** Begins with another wait. */
  RestartDelay(Duration first) {
    this.first = first;
  }

  /** The wait after a crash of a process that lived so long. */
  Duration after(Duration lived) {
    crashesInRow = lived.compareTo(STABLE) >= 0 ? 1 : crashesInRow + 1;
    int doublings = Math.min(crashesInRow - 1, 10);
    Duration wait = first.multipliedBy(1L << doublings);
    return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
  }

  /** Crashes since a process was last stable. */
  int crashesInRow() {
    return crashesInRow;
  }
}
