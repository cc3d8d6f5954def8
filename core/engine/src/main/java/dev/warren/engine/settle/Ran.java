package dev.warren.engine.settle;

import java.time.Instant;

/**
 * Where and when an attempt ran.
 *
 * @param worker the process, as in its connection names
 * @param lane the lane's word; empty if nothing ran
 * @param started when the attempt started; the time of the decision if nothing ran
 * @param ended when it had its verdict
 */
public record Ran(String worker, String lane, Instant started, Instant ended) {
  /** Nothing ran: the decision was made before. */
  public static Ran not(String worker, Instant now) {
    return new Ran(worker, "", now, now);
  }

  boolean happened() {
    return !lane.isEmpty();
  }
}
