package dev.warren.engine.advice;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What an attempt used.
 *
 * @param wall from its begin to its end
 * @param cpu how long it computed; may exceed {@code wall} in a process with several threads
 * @param delayed how long it could have computed and no core was free; zero where the system does
 *     not tell
 * @param allocated bytes of objects that it made, if they were counted
 * @param resident bytes in memory of the process that ran it alone, if there is one
 */
public record Usage(
    Duration wall, Duration cpu, Duration delayed, OptionalLong allocated, OptionalLong resident) {
  public Usage {
    if (wall.isNegative() || cpu.isNegative() || delayed.isNegative()) {
      throw new IllegalArgumentException("negative: " + wall + ", " + cpu + ", " + delayed);
    }
  }

  /** How long it would have taken on cores that nobody else wants. */
  Duration alone() {
    if (delayed.isZero()) {
      return wall;
    }
    // The delay is read a little outside of the time that is measured.
    Duration alone = wall.minus(delayed);
    return alone.compareTo(cpu) < 0 ? cpu : alone;
  }
}
