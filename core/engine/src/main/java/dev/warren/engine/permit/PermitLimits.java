package dev.warren.engine.permit;

import java.time.Duration;

/**
 * How a process waits for permits.
 *
 * @param leastWaiting so many attempts may wait here for permits of one name in any case
 * @param mostWaiting never more than so many do
 * @param waitingSeconds as many more may wait as have been served here in such a time
 * @param longestWait what waits longer goes back to the broker
 * @param refreshAfter after this a permit that is held is changed for a fresh delivery
 * @param lockPause how long to leave the lock of who refreshes to somebody else
 */
record PermitLimits(
    int leastWaiting,
    int mostWaiting,
    double waitingSeconds,
    Duration longestWait,
    Duration refreshAfter,
    Duration lockPause) {
  /** Far enough below the timeout of brokers that nobody has configured: 30 min. */
  private static final Duration MOST_REFRESH_AFTER = Duration.ofMinutes(10);

  /** For a broker that takes back what is not acknowledged for so long. */
  static PermitLimits forTimeout(Duration consumerTimeout) {
    Duration third = consumerTimeout.dividedBy(3);
    return new PermitLimits(
        4,
        100,
        3,
        Duration.ofSeconds(30),
        third.compareTo(MOST_REFRESH_AFTER) < 0 ? third : MOST_REFRESH_AFTER,
        Duration.ofSeconds(2));
  }

  /** How many may wait when so many are served a second: few, and what is served soon. */
  int waiting(double servedPerSecond) {
    return (int)
        Math.max(leastWaiting, Math.min(mostWaiting, Math.ceil(servedPerSecond * waitingSeconds)));
  }
}
