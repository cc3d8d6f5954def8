package dev.warren.engine.delivery;

import dev.warren.api.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All deliveries that a process holds, together: looks through them, gives back what has not
 * started, stops what runs. Safe for concurrent use.
 */
final class HeldWork implements Consumer.SessionWatch, Pacer.Unstarted {
  private static final Logger LOG = LoggerFactory.getLogger(HeldWork.class);

  private final LiveDeliveries live;
  private final SuspectTurns turns;
  private final Settler settler;

  HeldWork(LiveDeliveries live, SuspectTurns turns, Settler settler) {
    this.live = live;
    this.settler = settler;
    this.turns = turns;
  }

  /** Whether, and how, a task is held. */
  Optional<HeldTask> find(TaskId task) {
    for (Delivery delivery : live.held()) {
      for (AttemptRun attempt : delivery.attempts()) {
        if (attempt.task().equals(task)) {
          Optional<HeldTask> held = attempt.held();
          if (held.isPresent()) {
            return held;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Ends and stops what is cancelled. */
  void cancelWhatIsAsked() {
    for (Delivery delivery : live.held()) {
      delivery.attempts().forEach(AttemptRun::cancelIfAsked);
    }
  }

  /** Gives back what no lane has started; answers how many deliveries. */
  int returnUnstarted() {
    int returned = 0;
    for (Delivery delivery : live.held()) {
      returned += returnUnstarted(delivery) ? 1 : 0;
    }
    return returned;
  }

  /** Gives back all that still runs, and tells it to stop; answers how many deliveries. */
  int interrupt() {
    List<Delivery> rest = live.held();
    for (Delivery delivery : rest) {
      LOG.warn("giving back {} although it still runs", delivery);
      delivery.giveUp(false);
      delivery.attempts().forEach(AttemptRun::stop);
    }
    return rest.size();
  }

  @Override
  public void paused(String queue) {
    live.held().stream()
        .filter(delivery -> delivery.queue().equals(queue))
        .filter(delivery -> !(turns.standsAside() && isSuspect(delivery)))
        .forEach(this::returnUnstarted);
  }

  @Override
  public void over(ConsumeSession session) {
    live.held().forEach(delivery -> delivery.lost(session));
  }

  @Override
  public boolean waited(ConsumeSession session, Duration atLeast) {
    return waiting(session, atLeast).findAny().isPresent();
  }

  @Override
  public void giveBack(ConsumeSession session, Duration atLeast) {
    waiting(session, atLeast).forEach(this::returnUnstarted);
  }

  /** What was delivered before is not sent around any further: deliveries are counted. */
  private Stream<Delivery> waiting(ConsumeSession session, Duration atLeast) {
    long now = System.nanoTime();
    return live.held().stream()
        .filter(delivery -> delivery.cameFrom(session) && !delivery.redelivered())
        .filter(delivery -> now - delivery.receivedNanos() >= atLeast.toNanos())
        .filter(delivery -> !isSuspect(delivery))
        .filter(delivery -> delivery.attempts().stream().anyMatch(AttemptRun::isWaiting));
  }

  /**
   * False if something of the delivery runs or is settled. A chunk that the broker gets back would
   * be split by whoever gets it then, so its tasks are sent again together.
   */
  private boolean returnUnstarted(Delivery delivery) {
    List<Integer> back = ChunkWatch.takeBack(delivery);
    boolean all = !back.isEmpty() && back.size() == delivery.tasks().size();
    if (all && (back.size() == 1 || settler.isHeldUp())) {
      delivery.giveUp(false);
    } else {
      settler.sendAgain(delivery, back);
    }
    return all;
  }

  private static boolean isSuspect(Delivery delivery) {
    return delivery.attempts().stream().anyMatch(AttemptRun::isSuspect);
  }
}
