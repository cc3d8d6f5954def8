package dev.warren.engine.settle;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books of one delivery of 1..n tasks: what to publish when, which tasks are settled, and
 * when the delivery may be acknowledged. A delivery is acknowledged once, after everything that
 * follows from all of its tasks is confirmed; or given back once, and then nothing more is done
 * with it. Not safe for concurrent use.
 *
 * <p>An outcome is a task's last word: it is published when everything else that follows from the
 * task is confirmed. A crash in between then leaves a dead letter, or a follow-up, without an
 * outcome, and the redelivered task makes one; the other way round an outcome would stand for a
 * letter or a follow-up that never came to be. A task from which only its outcome follows, as from
 * a success, waits for nothing.
 */
public final class DeliveryBook {
  /** What to do with the delivery now. */
  public enum Step {
    NOTHING,
    ACKNOWLEDGE,
    GIVE_BACK
  }

  /**
   * What to do now.
   *
   * @param publish the commands whose turn it is; each needs a call of {@link #confirmed}
   */
  public record Next(Step step, List<Command> publish) {
    static final Next NOTHING = new Next(Step.NOTHING, List.of());
    static final Next ACKNOWLEDGE = new Next(Step.ACKNOWLEDGE, List.of());

    static Next publish(List<Command> commands) {
      return new Next(Step.NOTHING, commands);
    }
  }

  private static final int UNSETTLED = -1;

  /** Per task: unsettled, or how many confirms it waits for. */
  private final int[] awaited;

  /** Per task: what is published when it awaits no more confirm; made when first needed. */
  private @Nullable Command @Nullable [] last;

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

  /** A task has its verdict, and these commands follow from it. */
  public Next settling(int task, List<Command> commands) {
    requireUnsettled(task);
    List<Command> first = commands;
    if (commands.size() > 1) {
      first = commands.stream().filter(each -> !(each instanceof Command.RecordOutcome)).toList();
      if (first.isEmpty() || commands.size() - first.size() > 1) {
        throw new IllegalArgumentException("a task has one outcome: " + commands);
      }
      keepForLast(task, commands);
    }
    awaited[task] = first.size();
    return first.isEmpty() ? settled() : Next.publish(first);
  }

  /** One message that is no command follows from a delivery that is no task. */
  public void settlingUnread(int task) {
    requireUnsettled(task);
    awaited[task] = 1;
  }

  /** The broker confirmed one command of the task. */
  public Next confirmed(int task) {
    if (awaited[task] <= 0) {
      throw new IllegalStateException("task " + task + " of this delivery awaits no confirm");
    }
    if (--awaited[task] > 0) {
      return Next.NOTHING;
    }
    Command outcome = last == null ? null : last[task];
    if (last == null || outcome == null) {
      return settled();
    }
    last[task] = null;
    awaited[task] = 1;
    return Next.publish(List.of(outcome));
  }

  private void requireUnsettled(int task) {
    if (awaited[task] != UNSETTLED) {
      throw new IllegalStateException("task " + task + " of this delivery has been settled before");
    }
  }

  private void keepForLast(int task, List<Command> commands) {
    for (Command command : commands) {
      if (command instanceof Command.RecordOutcome) {
        if (last == null) {
          last = new Command[awaited.length];
        }
        last[task] = command;
      }
    }
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

  /** Whether all that follows from the task is confirmed. */
  public boolean isSettled(int task) {
    return awaited[task] == 0;
  }

  private Next settled() {
    unsettled--;
    if (unsettled > 0 || over) {
      return Next.NOTHING;
    }
    over = true;
    return Next.ACKNOWLEDGE;
  }
}
