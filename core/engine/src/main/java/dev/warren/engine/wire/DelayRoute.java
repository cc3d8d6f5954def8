package dev.warren.engine.wire;

import dev.warren.engine.topology.TopologyNames;
import java.time.Duration;

/**
 * Where a task is published so that it reaches its work queue after a delay. The delay in whole
 * seconds, rounded up so that nothing is early, is written as 20 bits, the highest first; each set
 * bit is one wait of 2^n seconds on the ladder. Longer delays take the whole ladder and are parked
 * again by the worker that gets the task early.
 *
 * @param exchange the level of the highest set bit, or {@code warren.tasks} for no delay
 * @param routingKey the bits and the key of the task, dotted
 */
public record DelayRoute(String exchange, String routingKey) {
  /** The longest wait of one passage, 12.1 days. */
  public static final Duration REACH = Duration.ofSeconds((1L << TopologyNames.DELAY_LEVELS) - 1);

  public static DelayRoute of(Duration delay, String queue, String type) {
    String key = RoutingKeys.task(queue, type);
    if (delay.isNegative() || delay.isZero()) {
      return new DelayRoute(TopologyNames.TASKS, key);
    }
    long seconds = Math.min(ceilingSeconds(delay), REACH.toSeconds());
    StringBuilder routingKey = new StringBuilder(2 * TopologyNames.DELAY_LEVELS + key.length());
    for (int level = TopologyNames.DELAY_LEVELS - 1; level >= 0; level--) {
      routingKey.append((seconds >>> level) & 1).append('.');
    }
    int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(seconds);
    return new DelayRoute(TopologyNames.delay(highest), routingKey.append(key).toString());
  }

  private static long ceilingSeconds(Duration delay) {
    return delay.getNano() == 0 ? delay.getSeconds() : delay.getSeconds() + 1;
  }
}
