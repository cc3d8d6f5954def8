package dev.warren.engine.delivery;

import dev.warren.api.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells an attempt, once, that it should stop. Safe for concurrent use. */
public final class StopSignal {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final TaskId task;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final List<Runnable> actions = new ArrayList<>(0);
  private boolean given;

  /** A signal that is not given yet. */
  public StopSignal(TaskId task) {
    this.task = task;
  }

  public boolean given() {
    lock.lock();
    try {
      return given;
    } finally {
      lock.unlock();
    }
  }

  /** Runs an action when it is given; now, if it is. */
  public void whenGiven(Runnable action) {
    lock.lock();
    try {
      if (!given) {
        actions.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /**
   * Gives it, and runs the actions, once. On a thread of their own, as who gives it has the time
   * limits of others to mind, or all cancellations, and an action may take its time.
   */
  public void give() {
    List<Runnable> told;
    lock.lock();
    try {
      if (given) {
        return;
      }
      given = true;
      told = List.copyOf(actions);
    } finally {
      lock.unlock();
    }
    if (!told.isEmpty()) {
      Thread.ofVirtual().name("warren-on-cancel").start(() -> run(told));
    }
  }

  private void run(List<Runnable> told) {
    for (Runnable action : told) {
      try {
        action.run();
      } catch (RuntimeException broken) {
        LOG.warn("an onCancel action of task {} failed", task, broken);
      }
    }
  }
}
