package dev.warren.engine.delivery;

import dev.warren.engine.wire.TaskMessage;
import java.util.List;

/**
 * The way of one attempt through the admissions to its lane. It is with one admission at a time,
 * and whoever lets it go on carries it further; so nothing here needs a lock.
 */
final class Entrance implements Admission.Candidate {
  private final AttemptRun attempt;
  private final TaskMessage task;
  private final List<Admission> admissions;
  private final Runnable onward;
  private int next;

  /**
   * @param onward hands the attempt to its lane
   */
  Entrance(AttemptRun attempt, TaskMessage task, List<Admission> admissions, Runnable onward) {
    this.attempt = attempt;
    this.task = task;
    this.admissions = admissions;
    this.onward = onward;
  }

  @Override
  public TaskMessage task() {
    return task;
  }

  @Override
  public void enter() {
    while (next < admissions.size() && !attempt.isOver()) {
      Admission asked = admissions.get(next);
      // Before the question: after the answer WAIT another thread may be here already.
      next++;
      switch (asked.ask(this)) {
        case Admission.Answer.Enter goOn -> {}
        case Admission.Answer.Wait stays -> {
          return;
        }
        case Admission.Answer.Away away -> {
          goAway(away);
          return;
        }
      }
    }
    if (!attempt.isOver()) {
      onward.run();
    }
  }

  @Override
  public boolean goAway(Admission.Answer.Away away) {
    return attempt.goAway(away);
  }

  @Override
  public void whenOver(Runnable action) {
    attempt.whenOver(action);
  }

  @Override
  public void whenGone(Runnable action) {
    attempt.whenGone(action);
  }

  @Override
  public void takeBack(Admission.Answer.Away away) {
    attempt.takeBack(away);
  }
}
