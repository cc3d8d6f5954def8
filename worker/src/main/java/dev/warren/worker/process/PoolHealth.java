package dev.warren.worker.process;

import java.time.Duration;
import java.util.Optional;

/**
 * Tells a pool whose children come up and work from one whose children do not. Counts those that
 * could not be started, or ended before an attempt, one after the other; whatever shows that
 * children work ends the count. Pure; not safe for concurrent use.
 */
final class PoolHealth {
  /** A child that has lived so long has come up. */
  static final Duration STEADY = Duration.ofSeconds(10);

  /** So many failures in a row are no accident. */
  static final int MANY = 3;

  private int failures;
  private String last = "";

  /** A child could not be started. */
  void couldNotStart(String why) {
    failures++;
    last = why;
  }

  /** A child ended that had run nothing. */
  void endedUnused(String how, Duration lived) {
    failures = lived.compareTo(STEADY) < 0 ? failures + 1 : 1;
    last = how;
  }

  /** A child has answered an attempt. */
  void works() {
    failures = 0;
  }

  /** Whether the next start should wait a while. */
  boolean failing() {
    return failures > 0;
  }

  /**
   * What is wrong, for people; nothing if children come up, or it is too early to say.
   *
   * @param oldest how long the oldest child has lived; zero if there is none
   */
  Optional<String> trouble(Duration oldest) {
    return failures < MANY || oldest.compareTo(STEADY) >= 0
        ? Optional.empty()
        : Optional.of("%d times in a row, at last: %s".formatted(failures, last));
  }
}
