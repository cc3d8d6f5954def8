package dev.warren.engine.advice;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What the latest attempts that were measured used, each weighing by how long it took; the last
 * thirty or so count. The very first loads classes and says little: it counts only until there is a
 * second. Not safe for concurrent use.
 */
final class UsageAverage {
  private static final double FORGOTTEN = 1.0 / 32;

  private long measured;
  private double weight;
  private double cpuNanos;
  private double aloneNanos;
  private double allocatedWeight;
  private double allocated;
  private long resident = -1;

  void add(Usage usage) {
    double kept = measured == 1 ? 0 : 1 - FORGOTTEN;
    measured++;
    weight = weight * kept + 1;
    cpuNanos = cpuNanos * kept + nanos(usage.cpu());
    aloneNanos = aloneNanos * kept + nanos(usage.alone());
    if (usage.allocated().isPresent()) {
      allocatedWeight = allocatedWeight * kept + 1;
      allocated = allocated * kept + usage.allocated().getAsLong();
    }
    usage.resident().ifPresent(bytes -> resident = Math.max(resident, bytes));
  }

  private static double nanos(Duration duration) {
    return duration.toSeconds() * 1e9 + duration.toNanosPart();
  }

  /** How many were measured so far. */
  long measured() {
    return measured;
  }

  /** Time spent computing, of the time they would have taken on free cores. */
  OptionalDouble cpuShare() {
    return aloneNanos > 0 ? OptionalDouble.of(cpuNanos / aloneNanos) : OptionalDouble.empty();
  }

  /** Bytes allocated by an attempt. */
  OptionalLong allocated() {
    return allocatedWeight > 0
        ? OptionalLong.of(Math.round(allocated / allocatedWeight))
        : OptionalLong.empty();
  }

  /** The most that a process of its own had in memory. */
  OptionalLong resident() {
    return resident >= 0 ? OptionalLong.of(resident) : OptionalLong.empty();
  }
}
