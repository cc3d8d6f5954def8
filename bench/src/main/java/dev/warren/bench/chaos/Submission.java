package dev.warren.bench.chaos;

import java.util.concurrent.locks.ReentrantLock;

/** What became of the submission of one task. Safe for concurrent use; times are epoch millis. */
final class Submission {
  private final PlannedTask task;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private long firstTriedMillis;
  private long confirmedMillis;
  private int tries;
  private int undecided;
  private String refusal = "";
  private boolean cancelled;

  Submission(PlannedTask task) {
    this.task = task;
  }

  PlannedTask task() {
    return task;
  }

  void tried() {
    locked(
        () -> {
          firstTriedMillis = tries == 0 ? System.currentTimeMillis() : firstTriedMillis;
          tries++;
        });
  }

  void undecided() {
    locked(() -> undecided++);
  }

  void refused(String why) {
    locked(() -> refusal = why);
  }

  void confirmed() {
    locked(() -> confirmedMillis = System.currentTimeMillis());
  }

  void cancelled() {
    locked(() -> cancelled = true);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How it stands.
   *
   * @param confirmedMillis 0 while it is not confirmed
   * @param undecided how often it was submitted again because no confirm came
   * @param refusal why it was refused last; empty if it was not
   * @param cancelled whether the cancellation was confirmed
   */
  record Standing(
      PlannedTask task,
      long firstTriedMillis,
      long confirmedMillis,
      int undecided,
      String refusal,
      boolean cancelled) {
    boolean confirmed() {
      return confirmedMillis > 0;
    }
  }

  Standing standing() {
    lock.lock();
    try {
      return new Standing(task, firstTriedMillis, confirmedMillis, undecided, refusal, cancelled);
    } finally {
      lock.unlock();
    }
  }
}
