package dev.warren.engine.delivery;

import dev.warren.api.Lane;
import java.time.Duration;
import java.util.Optional;

/** Where attempts run: the threads of a lane and their limit. */
public interface LaneExecutor extends AutoCloseable {
  Lane lane();

  /** How many attempts run at once. */
  int concurrency();

  /** How many it may come to run at once, if that changes. */
  default int mostConcurrency() {
    return concurrency();
  }

  /** How many attempts run now, or about as many. */
  int running();

  /**
   * Runs {@link Attempt#run} on a thread of the lane as soon as one is free. Never blocks: what
   * waits is bounded by the prefetch of the queues.
   */
  void execute(Attempt attempt);

  /**
   * Forgets an attempt that waits for a thread, as it is over: its task was cancelled or given
   * back. A lane that keeps it runs nothing when its turn comes, but holds its arguments until
   * then.
   */
  default void withdraw(Attempt attempt) {}

  /**
   * An attempt was given up and still holds its thread: runs another in its place, until its {@link
   * Attempt#run} returns. A lane whose attempts hold no thread has nothing to do.
   */
  default void replace(Attempt stuck) {}

  /**
   * An attempt that it ran has its verdict, and still has its place.
   *
   * @param inVain whether the attempt failed
   */
  default void ended(Attempt attempt, boolean inVain, Duration ran) {}

  /** Why it cannot run attempts now, although it should; for people. */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /** Stops the lane's threads, interrupting what still runs. */
  @Override
  void close();
}
