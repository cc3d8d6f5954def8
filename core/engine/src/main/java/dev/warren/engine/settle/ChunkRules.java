package dev.warren.engine.settle;

import java.time.Duration;

/**
 * Decides how long a worker keeps the tasks of a chunk that it has not begun. A chunk is meant to
 * be done in a moment. Where it is not, because a task of it is slow or other work has the places,
 * whoever holds it holds up the rest, so that goes back to the queue as smaller chunks. Pure.
 */
public final class ChunkRules {
  /**
   * How long a chunk is at work before it is looked at, and again between two looks: the most that
   * one should hold.
   */
  public static final Duration TURN = Duration.ofSeconds(1);

  /**
   * A chunk at work.
   *
   * @param unstarted tasks that have not begun
   * @param running tasks that have begun and not ended
   * @param ended tasks that have ended
   * @param endedOfLate how many of them within the last turn
   * @param busy how long those that ended have taken together
   */
  public record Work(int unstarted, int running, int ended, int endedOfLate, Duration busy) {}

  /** What becomes of the tasks that have not begun. */
  public sealed interface Decision {
    /** They stay, and are looked at again after a turn, should there be any left. */
    record Keep() implements Decision {}

    /**
     * They go back to the queue.
     *
     * @param size so many of them in a chunk at most
     */
    record HandBack(int size) implements Decision {}
  }

  private ChunkRules() {}

  /** Decides when the first of its tasks began a turn ago, or when it was kept a turn ago. */
  public static Decision decide(Work work) {
    return work.unstarted() <= work.endedOfLate()
        ? new Decision.Keep()
        : new Decision.HandBack(size(work));
  }

  /** As many as one place does in a turn, by what is known; those that run have taken one. */
  private static int size(Work work) {
    if (work.ended() == 0) {
      return 1;
    }
    Duration taken = work.busy().plus(TURN.multipliedBy(work.running()));
    double each = Math.max(1, (double) taken.toNanos() / work.ended());
    return (int) Math.clamp(TURN.toNanos() / each, 1, Integer.MAX_VALUE);
  }
}
