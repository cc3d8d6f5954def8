package dev.warren.engine.settle;

import java.util.Arrays;

/**
 * Keeps the books of one delivery of 1..n tasks: which are settled, and when the delivery may be
 * acknowledged. A delivery is acknowledged once, after everything that follows from all of its
 * tasks is confirmed; or given back once, and then nothing more is done with it. Not safe for
 * concurrent use.
 */
public final class DeliveryBook {
  /** What to do with the delivery now. */
  public enum Step {
    NOTHING,
    ACKNOWLEDGE,
    GIVE_BACK
  }

  private static final int UNSETTLED = -1;

  /** Per task: unsettled, or how many confirms it waits for. */
  private final int[] awaited;

  private int unsettled;
  private boolean over;

  public DeliveryBook(int tasks) {
    if (tasks < 1) {
      throw new IllegalArgumentException("a delivery holds at least one task, not " + tasks);
    }
    awaited = new int[tasks];
    Arrays.fill(awaited, UNSETTLED);
    unsettled = tasks;
  }

  /** A task has its verdict, and so many commands follow from it. */
  public Step settling(int task, int commands) {
    if (awaited[task] != UNSETTLED) {
      throw new IllegalStateException("task " + task + " of this delivery has been settled before");
    }
    awaited[task] = commands;
    return commands == 0 ? settled() : Step.NOTHING;
  }

  /** The broker confirmed one command of the task. */
  public Step confirmed(int task) {
    if (awaited[task] <= 0) {
      throw new IllegalStateException("task " + task + " of this delivery awaits no confirm");
    }
    return --awaited[task] == 0 ? settled() : Step.NOTHING;
  }

  /**
   * A command could not be confirmed, or the worker gives the delivery up: the broker gets it back.
   */
  public Step givenUp() {
    if (over) {
      return Step.NOTHING;
    }
    over = true;
    return Step.GIVE_BACK;
  }

  /** Whether it has been acknowledged or given back. */
  public boolean over() {
    return over;
  }

  /** Whether the task has its verdict. */
  public boolean hasVerdict(int task) {
    return awaited[task] != UNSETTLED;
  }

  private Step settled() {
    unsettled--;
    if (unsettled > 0 || over) {
      return Step.NOTHING;
    }
    over = true;
    return Step.ACKNOWLEDGE;
  }
}
