package dev.warren.worker.supervise;

import java.time.Instant;
import java.util.Optional;

/**
 * A supervised process at a moment.
 *
 * @param pid -1 if it does not run
 * @param since when it was started, if it runs
 * @param restarts how often it was started again
 * @param crashes how often it crashed since it was last stable
 * @param told the exit code of its last crash in words; empty if there was none
 */
record ChildState(
    String label,
    Phase phase,
    long pid,
    Optional<Instant> since,
    int restarts,
    int crashes,
    String told) {

  /** Where it stands with its supervisor. */
  enum Phase {
    /** It runs, or is just being started. */
    RUNNING,
    /** It crashed and waits for its next start. */
    CRASHED,
    /** It keeps crashing, and has not been stable since. */
    LOOPING,
    /** It was told to stop, to make room or at the end of all. */
    STOPPING,
    /** It was told from afar to drain: it stays away. */
    DRAINED,
    /** Its thread has ended. */
    ENDED
  }

  /** Whether it does work now or is to do it again. */
  boolean counts() {
    return phase == Phase.RUNNING || phase == Phase.CRASHED || phase == Phase.LOOPING;
  }
}
