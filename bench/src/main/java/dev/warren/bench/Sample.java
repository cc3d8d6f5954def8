package dev.warren.bench;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one measurement of one side found.
 *
 * @param count what was completed: tasks with their outcome, or messages
 * @param seconds from the start until all was completed
 * @param lost of which nothing was heard
 * @param failed that were refused or did not succeed
 * @param duplicates attempts beyond what was to be; negative where nobody counts them
 * @param more other figures, by their name and unit
 */
public record Sample(
    long count,
    double seconds,
    long lost,
    long failed,
    long duplicates,
    Usage usage,
    Map<String, Double> more) {
  /** Where nobody counts duplicates. */
  public static final long UNCOUNTED = -1;

  public Sample {
    more = java.util.Collections.unmodifiableMap(new TreeMap<>(more));
  }

  /** Without other figures. */
  public Sample(long count, double seconds, long lost, long failed, long duplicates, Usage usage) {
    this(count, seconds, lost, failed, duplicates, usage, Map.of());
  }

  /** How many a second. */
  public double perSecond() {
    return seconds <= 0 ? 0 : count / seconds;
  }

  /** Microseconds of processor time for one of them, in all parts together. */
  public double micros() {
    return micros(usage.processor());
  }

  /** So many seconds of processor time as microseconds for one of them. */
  public double micros(double processor) {
    // The usage may be of a slightly different span: so by the rates of the two.
    return perSecond() == 0 ? 0 : processor / usage.seconds() / perSecond() * 1e6;
  }

  long missing() {
    return lost + failed;
  }
}
