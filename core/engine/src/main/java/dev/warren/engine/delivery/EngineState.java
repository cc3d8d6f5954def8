package dev.warren.engine.delivery;

import dev.warren.engine.wire.QueuePause;
import java.util.List;
import java.util.Optional;

/**
 * What an engine is doing, for health checks and {@code warren workers}.
 *
 * @param ready whether every queue is being consumed or paused
 * @param draining whether it stops
 * @param stuck attempts that were given up and still run
 * @param trouble why it is not ready although its queues are consumed; empty if there is nothing
 * @param limits the types that have one
 */
public record EngineState(
    boolean ready,
    boolean draining,
    int running,
    int waiting,
    List<QueueState> queues,
    List<HeldTask> stuck,
    String trouble,
    List<LimitState> limits) {
  public EngineState {
    queues = List.copyOf(queues);
    stuck = List.copyOf(stuck);
    limits = List.copyOf(limits);
  }

  /** Nothing is stuck or limited. */
  public EngineState(
      boolean ready, boolean draining, int running, int waiting, List<QueueState> queues) {
    this(ready, draining, running, waiting, queues, List.of(), "");
  }

  /** Nothing is limited. */
  public EngineState(
      boolean ready,
      boolean draining,
      int running,
      int waiting,
      List<QueueState> queues,
      List<HeldTask> stuck,
      String trouble) {
    this(ready, draining, running, waiting, queues, stuck, trouble, List.of());
  }

  /**
   * A type of which not more than so many attempts run at once in this process.
   *
   * @param waiting how many wait here for one of those
   * @param away how many were sent away so far
   */
  public record LimitState(String type, int limit, int running, int waiting, long away) {}

  /**
   * One queue of an engine.
   *
   * @param detail what it is doing, for people: consuming, connecting, why not
   * @param unacknowledged deliveries held
   * @param prefetch deliveries held at most
   * @param paused who paused it and when, if it is paused
   * @param aside whether nothing is taken from it while a suspect runs with nothing beside it
   */
  public record QueueState(
      String queue,
      boolean consuming,
      String detail,
      int unacknowledged,
      int prefetch,
      Optional<QueuePause> paused,
      boolean aside) {

    /** It stands aside for nothing. */
    public QueueState(
        String queue,
        boolean consuming,
        String detail,
        int unacknowledged,
        int prefetch,
        Optional<QueuePause> paused) {
      this(queue, consuming, detail, unacknowledged, prefetch, paused, false);
    }

    /** Whether it is as it should be: consumed, unless there is a reason not to. */
    public boolean inOrder() {
      return consuming || paused.isPresent() || aside;
    }
  }
}
