package dev.warren.engine.settle;

import java.time.Duration;
import java.time.Instant;

/** The time of a simulated fleet: it passes only when told to. */
final class SimulatedClock {
  private Instant now = Instant.ofEpochSecond(1_800_000_000L);

  Instant now() {
    return now;
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Goes on to that time, unless it is over. */
  void passUntil(Instant time) {
    if (time.isAfter(now)) {
      now = time;
    }
  }
}
