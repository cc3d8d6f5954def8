package dev.warren.bench.chaos;

import dev.warren.api.Outcome.Status;
import dev.warren.api.TaskType;

/** What a task of the load does, and how it may end. */
enum TaskKind {
  /** Runs for some milliseconds. */
  WORK(46),
  /** Waits for up to two seconds. */
  WAIT(10),
  /** Fails once to three times, then succeeds. */
  FLAKY(14),
  /** Fails until its attempts are used up. */
  DOOMED(4),
  /** Is rejected by its handler at once. */
  REJECTED(3),
  /** Submits two more. */
  PARENT(6),
  /** Must not start before its time. */
  DELAYED(8),
  /** Is delayed and cancelled meanwhile. */
  CANCELLED(5),
  /** Expires soon; under faults it may be late. */
  EXPIRING(4);

  private final int share;

  TaskKind(int share) {
    this.share = share;
  }

  TaskType<ChaosTasks.Work, ChaosTasks.Done> type() {
    return switch (this) {
      case WORK, DELAYED, EXPIRING -> ChaosTasks.WORK;
      case WAIT, CANCELLED -> ChaosTasks.WAIT;
      case FLAKY -> ChaosTasks.FLAKY;
      case DOOMED -> ChaosTasks.DOOMED;
      case REJECTED -> ChaosTasks.REJECTED;
      case PARENT -> ChaosTasks.PARENT;
    };
  }

  boolean mayEnd(Status status) {
    return switch (this) {
      case WORK, WAIT, FLAKY, PARENT, DELAYED -> status == Status.SUCCEEDED;
      case DOOMED, REJECTED -> status == Status.DEAD;
      case CANCELLED -> status == Status.CANCELLED || status == Status.SUCCEEDED;
      case EXPIRING -> status == Status.EXPIRED || status == Status.SUCCEEDED;
    };
  }

  /** Of a hundred tasks, so many are of this kind. */
  int share() {
    return share;
  }
}
