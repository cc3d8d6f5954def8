package dev.warren.engine.advice;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What is known of the attempts of a type in a process since its start.
 *
 * @param durations of all attempts that ended
 * @param busy how many ran at once, on average over the ten seconds when that was most
 * @param measured of how many it is known what they used
 * @param cpuShare of the time that they would have taken on free cores, how much they computed; may
 *     exceed 1 where several threads do
 * @param allocated bytes of objects that an attempt makes
 * @param resident the most bytes in memory of a process that runs attempts alone
 */
public record Evidence(
    DurationCounts durations,
    Endings endings,
    double busy,
    long measured,
    OptionalDouble cpuShare,
    OptionalLong allocated,
    OptionalLong resident) {
  /** Nothing is known. */
  public static final Evidence NONE =
      new Evidence(
          DurationCounts.NONE,
          new Endings(0, 0, 0),
          0,
          0,
          OptionalDouble.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  public Evidence {
    Objects.requireNonNull(durations, "durations");
    Objects.requireNonNull(endings, "endings");
  }

  /**
   * How attempts ended that did not end well.
   *
   * @param failed attempts in vain
   * @param stuck attempts that were told to stop and went on
   * @param crashed attempts that ended their worker
   */
  public record Endings(long failed, long stuck, long crashed) {}

  public long attempts() {
    return durations.count();
  }
}
