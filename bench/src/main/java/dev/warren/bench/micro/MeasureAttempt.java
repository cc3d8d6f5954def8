package dev.warren.bench.micro;

import dev.warren.engine.advice.ThreadUsage;
import dev.warren.engine.advice.TypeMeasure;
import dev.warren.engine.advice.Usage;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs an attempt that its type is measured. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MeasureAttempt {
  private static final Duration RAN = Duration.ofMillis(3);
  private static final Usage USED =
      new Usage(RAN, RAN, Duration.ZERO, OptionalLong.of(1_000), OptionalLong.empty());

  private final TypeMeasure measure = new TypeMeasure();

  /** The first ones are all measured. */
  @Setup
  public void first() {
    for (int i = 0; i < 1_000; i++) {
      if (measure.wanted()) {
        measure.measured(USED);
      }
    }
  }

  /** An attempt, with the few of them that would be measured. */
  @Benchmark
  public void counted() {
    measure.began();
    if (measure.wanted()) {
      measure.notMeasured();
    }
    measure.ended(RAN, false);
  }

  /** One that is measured, on its own thread. */
  @Benchmark
  public Usage measured() {
    return ThreadUsage.begin().orElseThrow().end();
  }
}
