package dev.warren.bench.chaos;

import java.time.Duration;

/**
 * A fault of the schedule.
 *
 * @param after since the start of the load; later if the one before takes longer
 * @param lasting how long it lasts; zero for what is over at once
 * @param choice which of several targets is meant, modulo their number
 */
record PlannedFault(int number, Duration after, FaultKind kind, Duration lasting, int choice) {
  @Override
  public String toString() {
    return "%5.1f s  %s%s"
        .formatted(
            after.toMillis() / 1e3,
            kind.word(),
            lasting.isZero() ? "" : " for %.1f s".formatted(lasting.toMillis() / 1e3));
  }
}
