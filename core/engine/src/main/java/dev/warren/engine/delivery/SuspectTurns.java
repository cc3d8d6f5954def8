package dev.warren.engine.delivery;

import dev.warren.engine.settle.SoloGate;
import java.time.Duration;
import java.util.List;

/**
 * Runs suspects alone in this process. While one takes longer than a moment, the process stands
 * aside: its consumers take nothing and give back what has not started, so that others do the work
 * that would have to wait here. Safe for concurrent use.
 */
final class SuspectTurns {
  /** Work may wait here for so long before it goes back to its queue. */
  static final Duration MOMENT = Duration.ofSeconds(5);

  private final SoloGate<AttemptRun> gate = new SoloGate<>();
  private final Deadlines deadlines;
  private final Runnable changed;
  private volatile boolean lasting;

  /**
   * @param changed lets consumers look whether to stand aside; must not block
   */
  SuspectTurns(Deadlines deadlines, Runnable changed) {
    this.deadlines = deadlines;
    this.changed = changed;
  }

  /** As {@link SoloGate#admit}. */
  boolean admit(AttemptRun attempt) {
    return gate.admit(attempt);
  }

  /** As {@link SoloGate#offer}. */
  SoloGate.Answer offer(AttemptRun suspect) {
    SoloGate.Answer answer = gate.offer(suspect, System.nanoTime());
    if (answer != SoloGate.Answer.LATER) {
      deadlines.schedule(MOMENT, this::look);
    }
    return answer;
  }

  /** As {@link SoloGate#turnEnds}. */
  Duration turnEnds() {
    return gate.turnEnds(System.nanoTime());
  }

  /** An attempt has ended, or will not begin: those that may now are handed to their lanes. */
  void over(AttemptRun attempt, boolean admitted) {
    List<AttemptRun> next = gate.over(attempt, admitted, System.nanoTime());
    next.forEach(AttemptRun::enter);
    if (lasting && !gate.closed()) {
      lasting = false;
      changed.run();
    }
  }

  /** Whether nothing is to be taken from the queues now. */
  boolean standsAside() {
    return lasting && gate.closed();
  }

  private void look() {
    if (gate.closed()) {
      lasting = true;
      changed.run();
    }
  }
}
