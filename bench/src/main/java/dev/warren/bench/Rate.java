package dev.warren.bench;

/**
 * How fast something went.
 *
 * @param count how many were completed
 * @param steady per second, from the first quarter of completions to the last: without warm-up
 * @param total per second, from the start to the last completion
 */
record Rate(long count, double steady, double total) {
  static final Rate NONE = new Rate(0, 0, 0);

  private static final double NANOS = 1e9;

  /**
   * The rate of completions at these times, in order; of the array only the first {@code count}.
   */
  static Rate of(long startNanos, long[] completions, int count) {
    if (count == 0) {
      return NONE;
    }
    long last = completions[count - 1];
    int quarter = count / 4;
    // The quarter's last completion begins the steady span and is not part of it.
    double steady = quarter == 0 ? 0 : perSecond(count - quarter, last - completions[quarter - 1]);
    return new Rate(count, steady, perSecond(count, last - startNanos));
  }

  private static double perSecond(long count, long nanos) {
    return nanos <= 0 ? 0 : count * NANOS / nanos;
  }
}
