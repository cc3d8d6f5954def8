package dev.warren.bench;

import java.time.Duration;

/** One of those that take turns, such as Warren or PerfTest. For one thread. */
public interface Side extends AutoCloseable {
  /** A word for tables. */
  String name();

  /** With what it runs, for who wants to repeat it. */
  String setting();

  /**
   * Runs for so long that what is measured later is not the JIT compilers, and answers how fast it
   * was from cold; or with a time of zero where each measurement has a warm-up of its own, whose
   * figures are not told.
   */
  Sample warmUp(Duration time) throws InterruptedException;

  /** Runs for so long. */
  Sample measure(Duration time) throws InterruptedException;

  @Override
  default void close() {}
}
