package dev.warren.bench.chaos;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which faults come when: the same for the same seed. */
record Schedule(long seed, Duration length, List<PlannedFault> faults) {
  private static final long SHORTEST_MILLIS = 1_000;

  /**
   * What a schedule is made from.
   *
   * @param length in which the faults come
   * @param longest how long one may last
   * @param kinds the kinds to choose from; empty for all
   * @param cluster whether the broker is a cluster
   */
  record Wish(
      int faults, Duration length, Duration longest, List<FaultKind> kinds, boolean cluster) {
    Wish {
      kinds = List.copyOf(kinds);
    }
  }

  Schedule {
    faults = List.copyOf(faults);
  }

  /** Draws a schedule. Every kind comes before any of them comes again. */
  static Schedule of(long seed, Wish wish) {
    List<FaultKind> kinds =
        Arrays.stream(FaultKind.values())
            .filter(kind -> kind.fits(wish.cluster()))
            .filter(kind -> wish.kinds().isEmpty() || wish.kinds().contains(kind))
            .toList();
    if (kinds.isEmpty() && wish.faults() > 0) {
      throw new ConfigurationException(
          "none of " + wish.kinds() + " can be done to this broker: see --cluster");
    }
    Random random = new Random(seed);
    List<FaultKind> order = new ArrayList<>();
    while (order.size() < wish.faults()) {
      List<FaultKind> round = new ArrayList<>(kinds);
      Collections.shuffle(round, random);
      order.addAll(round);
    }
    List<PlannedFault> faults = new ArrayList<>();
    long slot = wish.length().toMillis() / Math.max(1, wish.faults());
    for (int i = 0; i < wish.faults(); i++) {
      FaultKind kind = order.get(i);
      // Both are drawn for every kind, so that one schedule differs from another as little as can
      // be.
      long offset = random.nextLong(Math.max(1, slot / 2));
      long lasting =
          SHORTEST_MILLIS
              + random.nextLong(Math.max(1, wish.longest().toMillis() - SHORTEST_MILLIS));
      faults.add(
          new PlannedFault(
              i + 1,
              Duration.ofMillis(i * slot + slot / 4 + offset),
              kind,
              kind.lasts() ? Duration.ofMillis(lasting) : Duration.ZERO,
              random.nextInt(Integer.MAX_VALUE)));
    }
    return new Schedule(seed, wish.length(), faults);
  }
}
