package dev.warren.bench.latency;

import java.io.IOException;

/** A way to bring tasks to a fleet and to hear of their results. One thread submits. */
interface Submitting extends AutoCloseable {
  /** Is told how a task ended. */
  @FunctionalInterface
  interface End {
    void ended(boolean well);
  }

  /**
   * Submits a task; does not wait for its result.
   *
   * @param end to be told once, from any thread
   */
  void submit(End end) throws IOException;

  /** The submitting thread is about to wait: what it has submitted must be on its way. */
  void aboutToWait() throws IOException;

  @Override
  void close();
}
