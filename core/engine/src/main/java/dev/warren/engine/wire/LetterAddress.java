package dev.warren.engine.wire;

import dev.warren.engine.topology.TopologyNames;

/**
 * Where a dead letter is from, by the queue in which it lies and its routing key.
 *
 * @param queue the task queue; empty if nothing says
 * @param type as the key says, which does so for what was delayed; else empty
 * @param unrouted whether it lies there because no binding took it
 */
record LetterAddress(String queue, String type, boolean unrouted) {
  private static final String TOLD = "told.";
  private static final String BROKER = "broker.";

  /** The bits of the delay ladder, each with a dot. */
  private static final int LADDER_PREFIX = 2 * TopologyNames.DELAY_LEVELS;

  static LetterAddress of(String from, String key) {
    String dead = TopologyNames.dead("");
    if (from.startsWith(dead) && !from.equals(TopologyNames.DEAD_INBOX)) {
      return new LetterAddress(from.substring(dead.length()), "", false);
    }
    boolean unrouted = from.equals(TopologyNames.UNROUTED);
    if (key.startsWith(TOLD)) {
      return new LetterAddress(key.substring(TOLD.length()), "", unrouted);
    }
    if (key.startsWith(BROKER)) {
      return new LetterAddress(key.substring(BROKER.length()), "", unrouted);
    }
    String task = delayed(key) ? key.substring(LADDER_PREFIX) : "";
    int dot = task.indexOf('.');
    return dot < 0
        ? new LetterAddress("", "", unrouted)
        : new LetterAddress(task.substring(0, dot), task.substring(dot + 1), unrouted);
  }

  private static boolean delayed(String key) {
    if (key.length() < LADDER_PREFIX) {
      return false;
    }
    for (int i = 0; i < LADDER_PREFIX; i += 2) {
      char bit = key.charAt(i);
      if ((bit != '0' && bit != '1') || key.charAt(i + 1) != '.') {
        return false;
      }
    }
    return true;
  }
}
