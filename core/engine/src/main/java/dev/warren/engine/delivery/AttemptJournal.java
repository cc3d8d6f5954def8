package dev.warren.engine.delivery;

import dev.warren.engine.wire.TaskMessage;

/**
 * Keeps note of the attempts that run, outside this process's memory, so that a supervisor knows
 * after a crash which tasks were running. Called on the path of every task: must be fast and must
 * not throw.
 */
public interface AttemptJournal extends AutoCloseable {
  /** Keeps no note. */
  AttemptJournal NONE =
      new AttemptJournal() {
        @Override
        public int started(TaskMessage task) {
          return 0;
        }

        @Override
        public void ended(int slot) {}

        @Override
        public void close() {}
      };

  /** An attempt is about to run; the answer is for {@link #ended}. */
  int started(TaskMessage task);

  /** The attempt's handler has returned, or the attempt was given up. */
  void ended(int slot);

  @Override
  void close();
}
