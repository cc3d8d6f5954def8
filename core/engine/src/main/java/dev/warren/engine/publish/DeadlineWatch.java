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
  private final Thread thread;

  DeadlineWatch(String name, Backlog backlog) {
    this.backlog = backlog;
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
          String why = backlog.troubles();
          overdue.forEach(pending -> pending.settle(backlog.givenUp(pending, why)));
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
