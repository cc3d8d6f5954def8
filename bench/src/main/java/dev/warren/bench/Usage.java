package dev.warren.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the parts of a measurement used while it ran.
 *
 * @param seconds how long it was
 * @param others cores that all else on the machine used: above 0.3 or so, figures are not to be
 *     trusted
 */
public record Usage(double seconds, List<Of> parts, double others) {
  /**
   * What one part used.
   *
   * @param processor seconds of processor time
   * @param compilers those of them that JIT compilers took
   * @param resident its memory at the end, in MiB
   */
  public record Of(String part, double processor, double compilers, double resident) {}

  public Usage {
    parts = List.copyOf(parts);
  }

  /** Cores in use by all parts, on average. */
  public double cores() {
    return processor() / seconds;
  }

  /** Seconds of processor time of all parts. */
  public double processor() {
    return parts.stream().mapToDouble(Of::processor).sum();
  }

  /** Reads twice, and tells the difference. */
  public static final class Meter {
    private record Read(Part part, Duration processor, Duration compilers) {
      static Read of(Part part) {
        return new Read(part, part.processor(), part.compilers());
      }
    }

    private final List<Read> atStart;
    private final Duration machine = ProcessorTime.ofMachine();
    private final long began = System.nanoTime();

    private Meter(List<Part> parts) {
      atStart = parts.stream().map(Read::of).toList();
    }

    public static Meter start(List<Part> parts) {
      return new Meter(parts);
    }

    /** What was used since the start. Before a part ends: afterwards it cannot be read. */
    public Usage read() {
      double seconds = (System.nanoTime() - began) / 1e9;
      List<Of> used = new ArrayList<>();
      double sum = 0;
      for (Read before : atStart) {
        Part part = before.part();
        double processor = seconds(part.processor().minus(before.processor()));
        used.add(
            new Of(
                part.name(),
                processor,
                seconds(part.compilers().minus(before.compilers())),
                part.resident()));
        sum += processor;
      }
      double all = seconds(ProcessorTime.ofMachine().minus(machine));
      return new Usage(seconds, used, Math.max(0, all - sum) / seconds);
    }

    private static double seconds(Duration time) {
      return time.toMillis() / 1e3;
    }
  }
}
