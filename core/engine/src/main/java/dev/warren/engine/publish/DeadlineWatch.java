package dev.warren.engine.publish;

import java.time.Duration;
import java.util.List;

/**
 * Settles messages whose deadline has passed. A thread of its own, because a broker that has
 * stopped reading can hold the sending one in a write.
 */
final class DeadlineWatch {
  private static final Duration STEP = Duration.ofMillis(100);

  private final Backlog backlog;
  private final Troubles troubles;
  private final Thread thread;

  DeadlineWatch(String name, Backlog backlog, Troubles troubles) {
    this.backlog = backlog;
    this.troubles = troubles;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::watch);
  }

  Thread thread() {
    return thread;
  }

  private void watch() {
    try {
      while (backlog.awaitDeadlines(STEP)) {
        List<Pending> overdue = backlog.overdue(System.nanoTime());
        if (!overdue.isEmpty()) {
          String why = troubles.text();
          overdue.forEach(pending -> pending.settle(troubles.givenUp(pending, why)));
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
