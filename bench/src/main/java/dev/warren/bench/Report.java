package dev.warren.bench;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All that a run found.
 *
 * @param perfTest PerfTest's version; null where it did not run
 */
record Report(
    String scenario,
    Instant began,
    Machine machine,
    String broker,
    @Nullable String perfTest,
    String setting,
    List<Round> rounds,
    List<LatencyRound> latencies) {
  /**
   * One turn of Warren and PerfTest.
   *
   * @param duplicates attempts beyond one for each task; negative where the worker was not asked
   */
  record Round(
      int number,
      Load.Result warren,
      long duplicates,
      Cores warrenCores,
      PerfTest.@Nullable Result perfTest) {
    /** Warren's steady rate, PerfTest's being 1. */
    double ratio() {
      return perfTestSteady() == 0 ? 0 : warren.rate().steady() / perfTestSteady();
    }

    double perfTestSteady() {
      return perfTest == null ? 0 : perfTest.rate().steady();
    }

    Round with(PerfTest.Result other) {
      return new Round(number, warren, duplicates, warrenCores, other);
    }
  }

  /** One run of the open loop. */
  record LatencyRound(int number, int perSecond, Load.OpenResult warren, Cores warrenCores) {}

  Report {
    rounds = List.copyOf(rounds);
    latencies = List.copyOf(latencies);
  }

  /** Tasks of which nothing was heard or that failed; any is an error. */
  long missing() {
    return rounds.stream().mapToLong(round -> round.warren().lost() + round.warren().failed()).sum()
        + latencies.stream()
            .mapToLong(round -> round.warren().lost() + round.warren().failed())
            .sum();
  }

  /** The median over all rounds; 0 where there are none. */
  double median(ToDoubleFunction<Round> figure) {
    return median(rounds.stream().mapToDouble(figure).toArray());
  }

  static double median(double... figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return 0;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
