package dev.warren.engine.delivery;

import java.util.List;

/**
 * What an engine is doing, for health checks and {@code warren workers}.
 *
 * @param ready whether every queue is being consumed
 * @param draining whether it stops
 */
public record EngineState(
    boolean ready, boolean draining, int running, int waiting, List<QueueState> queues) {
  public EngineState {
    queues = List.copyOf(queues);
  }

  /**
   * One queue of an engine.
   *
   * @param detail what it is doing, for people: consuming, connecting, why not
   * @param unacknowledged deliveries held
   * @param prefetch deliveries held at most
   */
  public record QueueState(
      String queue, boolean consuming, String detail, int unacknowledged, int prefetch) {}
}
