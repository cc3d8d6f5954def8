package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long repeated work took. For one thread. */
final class Spans {
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Double> millis = new ArrayList<>();

  void time(Runnable work) {
    long began = System.nanoTime();
    work.run();
    millis.add((System.nanoTime() - began) / NANOS_PER_MILLI);
  }

  /** The figures since the last time. */
  Map<String, Double> read() {
    Figures figures = Figures.of(millis.stream().mapToDouble(Double::doubleValue).toArray());
    Map<String, Double> read =
        Map.of(
            "ms each, median", figures.median(),
            "ms each, least", figures.least(),
            "ms each, most", figures.most());
    millis.clear();
    return read;
  }
}
