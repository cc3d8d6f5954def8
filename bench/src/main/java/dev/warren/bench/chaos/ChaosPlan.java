package dev.warren.bench.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a run of chaos does.
 *
 * @param seed draws the load and the schedule of faults
 * @param length the time over which both are spread
 * @param longest how long a fault lasts at most
 * @param kinds the faults to choose from; empty for all
 * @param cluster a cluster of three nodes, whatever {@code broker} says
 * @param image the container's image, for a broker in Docker
 * @param settling how long everything may take to end after the load
 */
record ChaosPlan(
    long seed,
    int tasks,
    int faults,
    Duration length,
    Duration longest,
    List<FaultKind> kinds,
    ChaosBroker.Kind broker,
    boolean cluster,
    String image,
    Fleet.Size size,
    Duration settling) {
  /** A fault and coming back from it take about so long. */
  private static final Duration PER_FAULT = Duration.ofSeconds(10);

  static final Duration DEFAULT_LONGEST = Duration.ofSeconds(15);
  static final Duration DEFAULT_SETTLING = Duration.ofMinutes(5);
  static final String DEFAULT_IMAGE = "rabbitmq:4-management";

  ChaosPlan {
    Objects.requireNonNull(broker, "broker");
    kinds = List.copyOf(kinds);
  }

  /** The usual run. */
  static ChaosPlan of(long seed, int tasks, int faults) {
    return new ChaosPlan(
        seed,
        tasks,
        faults,
        length(faults),
        DEFAULT_LONGEST,
        List.of(),
        ChaosBroker.Kind.NODE,
        false,
        DEFAULT_IMAGE,
        new Fleet.Size(2, 2),
        DEFAULT_SETTLING);
  }

  /** Time enough for so many faults. */
  static Duration length(int faults) {
    return PER_FAULT.multipliedBy(Math.max(1, faults));
  }

  Schedule schedule() {
    return Schedule.of(seed, new Schedule.Wish(faults, length, longest, kinds, cluster));
  }

  ChaosPlan withSize(Fleet.Size other) {
    return new ChaosPlan(
        seed, tasks, faults, length, longest, kinds, broker, cluster, image, other, settling);
  }

  ChaosPlan withLength(Duration other) {
    return new ChaosPlan(
        seed, tasks, faults, other, longest, kinds, broker, cluster, image, size, settling);
  }

  ChaosPlan withLongest(Duration other) {
    return new ChaosPlan(
        seed, tasks, faults, length, other, kinds, broker, cluster, image, size, settling);
  }
}
