package dev.warren.engine.advice;

import dev.warren.api.Lane;
import java.util.Locale;

/**
 * Chooses the lane that suits a type: threads for what computes, virtual threads for what waits, a
 * process for what cannot be stopped or ends its JVM. Pure. A type that is about as much the one as
 * the other stays where it is, so that it does not go to and fro.
 */
public final class LaneRules {
  /** Fewer attempts than this say nothing. */
  static final int ENOUGH = 5;

  /** What computes for more than this share of its time belongs on threads. */
  static final double COMPUTES = 0.6;

  /** What computes for less belongs on virtual threads. */
  static final double WAITS = 0.4;

  /**
   * Where a type belongs.
   *
   * @param sure whether that is known, and not only the best guess
   */
  public record Choice(Lane lane, boolean sure, String why) {}

  private LaneRules() {}

  /**
   * Chooses.
   *
   * @param registered the lane of its registration
   * @param now the lane that it runs in; another one only if it is registered without one
   */
  public static Choice choose(Evidence evidence, Lane registered, Lane now) {
    if (now == Lane.ASYNC) {
      return new Choice(now, true, "it runs on event loops, for which its code is written");
    }
    if (registered == Lane.PROCESS) {
      return new Choice(now, true, "its registration asks for a process" + share(evidence));
    }
    Evidence.Endings endings = evidence.endings();
    if (endings.crashed() > 0) {
      return new Choice(
          Lane.PROCESS,
          true,
          "it ended its worker "
              + times(endings.crashed())
              + ": in a process of its own that costs one attempt");
    }
    if (endings.stuck() > 0) {
      return new Choice(
          Lane.PROCESS,
          true,
          times(endings.stuck())
              + " it did not end although it was told to: a process can be killed");
    }
    if (evidence.attempts() == 0) {
      return new Choice(now, false, "no attempt has ended yet");
    }
    if (registered == Lane.VIRTUAL && evidence.measured() == 0) {
      return new Choice(
          now, false, "virtual threads are not measured: register it without a lane to know more");
    }
    if (evidence.measured() < ENOUGH || evidence.cpuShare().isEmpty()) {
      return new Choice(
          now, false, "too few attempts are measured (%d)".formatted(evidence.measured()));
    }
    return byShare(evidence, evidence.cpuShare().getAsDouble(), now);
  }

  private static Choice byShare(Evidence evidence, double cpu, Lane now) {
    String measured = " of its time (%d measured)".formatted(evidence.measured());
    if (cpu >= COMPUTES) {
      return new Choice(Lane.THREADS, true, "it computes " + percent(cpu) + measured);
    }
    if (cpu <= WAITS) {
      return new Choice(Lane.VIRTUAL, true, "it waits " + percent(1 - cpu) + measured);
    }
    return new Choice(
        now == Lane.THREADS ? Lane.THREADS : Lane.VIRTUAL,
        true,
        "it computes about as much as it waits (" + percent(cpu) + measured + ")");
  }

  private static String share(Evidence evidence) {
    return evidence.cpuShare().isPresent()
        ? "; it computes %s of its time (%d measured)"
            .formatted(percent(evidence.cpuShare().getAsDouble()), evidence.measured())
        : "";
  }

  private static String times(long count) {
    return count == 1 ? "once" : count + " times";
  }

  /** A share, for people. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
