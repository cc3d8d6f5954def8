package dev.warren.engine.advice;

import dev.warren.api.Lane;
import java.util.Locale;

/**
 * How many attempts of a type should run at once in a process. Pure. No more than the cores can
 * feed: cores divided by the share of its time that an attempt computes. Below that, what computes
 * gets all of it; what waits gets what it needed so far (Little's law: attempts per second times
 * their duration) and some room, or twice as many as now where all places were taken.
 */
public final class ConcurrencyRules {
  /** More than this in one process is a matter for a measurement of its own. */
  static final int MOST = 10_000;

  private static final double ROOM = 1.25;

  /** Places of which so many are taken count as full. */
  private static final double FULL = 0.8;

  private static final double LEAST_SHARE = 0.0001;

  /**
   * How many.
   *
   * @param how it was found, for people; may be empty
   */
  public record Choice(int concurrency, String how) {}

  private ConcurrencyRules() {}

  /**
   * Chooses.
   *
   * @param lane where the type should run
   * @param cores that the process may use
   * @param places how many run at once in its lane now
   */
  public static Choice choose(Evidence evidence, LaneRules.Choice lane, int cores, int places) {
    if (evidence.cpuShare().isEmpty() || !lane.sure()) {
      return new Choice(places, "");
    }
    double share = Math.max(LEAST_SHARE, evidence.cpuShare().getAsDouble());
    int fed = Math.clamp(Math.round(cores / share), 1, MOST);
    if (lane.lane() == Lane.THREADS || share >= LaneRules.COMPUTES) {
      return new Choice(
          fed, (fed == 1 ? "1 at once keeps " : fed + " at once keep ") + cores(cores) + " busy");
    }
    String most = String.format(Locale.ROOT, "%.1f ran at once", evidence.busy());
    if (evidence.busy() >= FULL * places) {
      int more = Math.min(fed, Math.min(MOST, 2 * places));
      return new Choice(
          more,
          more > places
              ? most + ", which is all that may; " + cores(cores) + " could feed " + fed
              : most + ", and " + cores(cores) + " feed no more than " + fed);
    }
    int needed = Math.clamp((long) Math.ceil(ROOM * evidence.busy()), 1, fed);
    return new Choice(
        needed, "at most " + most + " so far; " + cores(cores) + " could feed " + fed);
  }

  private static String cores(int cores) {
    return cores == 1 ? "one core" : cores + " cores";
  }
}
