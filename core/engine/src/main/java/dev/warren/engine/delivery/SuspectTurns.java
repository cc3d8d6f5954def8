package dev.warren.engine.delivery;

import dev.warren.engine.settle.SoloGate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs suspects alone: each in a process of its own where that is possible, and in this process
 * with nothing beside it where it is not. While one of these takes longer than a moment, the
 * process stands aside: its consumers take nothing and give back what has not started, so that
 * others do the work that would have to wait here. Safe for concurrent use.
 */
final class SuspectTurns {
  /** Work may wait here for so long before it goes back to its queue. */
  static final Duration MOMENT = Duration.ofSeconds(5);

  /** So many wait for the one that runs in a process of its own; further ones come later. */
  private static final int MOST_APART = 5;

  private final SoloGate<AttemptRun> gate = new SoloGate<>();
  private final Isolation isolation;
  private final AtomicInteger apart = new AtomicInteger();
  private final Deadlines deadlines;
  private final Runnable changed;
  private volatile boolean lasting;

  /**
   * @param isolation runs suspects elsewhere
   * @param changed lets consumers look whether to stand aside; must not block
   */
  SuspectTurns(Isolation isolation, Deadlines deadlines, Runnable changed) {
    this.isolation = isolation;
    this.deadlines = deadlines;
    this.changed = changed;
  }

  /** Where a suspect of a type runs apart from this process; nothing if it must run here. */
  Optional<Isolation.Place> placeFor(Registration<?, ?> suspect) {
    return isolation.placeFor(suspect);
  }

  /** Hands a suspect to the process of its own; false if too many wait for it already. */
  boolean enterApart(AttemptRun suspect) {
    if (apart.incrementAndGet() > MOST_APART) {
      apart.decrementAndGet();
      return false;
    }
    suspect.whenOver(apart::decrementAndGet);
    suspect.enter();
    return true;
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
