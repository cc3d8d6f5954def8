package dev.warren.engine.settle;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * What the parts of a simulated fleet share: the source of all chance, the clock, the broker, the
 * books and the stream of cancellations.
 *
 * <p>A seed stands for a schedule only as long as everything is drawn in the same order.
 */
final class Simulation {
  static final int WORKERS = 3;
  static final int MAX_ATTEMPTS = 3;

  /** Further away than one way through the ladder of delays. */
  static final Duration BEYOND_THE_LADDER = Duration.ofDays(30);

  final SplittableRandom random;
  final Planted planted;
  final SimulatedClock clock = new SimulatedClock();
  final SimulatedBroker broker = new SimulatedBroker();
  final SimulatedBooks books = new SimulatedBooks(MAX_ATTEMPTS);
  final SimulatedCancellations cancellations;

  Simulation(long seed, Planted planted) {
    this.random = new SplittableRandom(seed);
    this.planted = planted;
    this.cancellations = new SimulatedCancellations(WORKERS, planted);
  }

  /** True once in so many times. */
  boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  Instant now() {
    return clock.now();
  }
}
