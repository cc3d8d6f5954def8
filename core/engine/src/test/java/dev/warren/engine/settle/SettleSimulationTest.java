package dev.warren.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rules under random schedules. {@code -Dwarren.simulation.schedules=1000000} runs more of
 * them, {@code -Dwarren.simulation.seed=7} begins with another one: with one schedule, it repeats
 * that.
 */
class SettleSimulationTest {
  private static final long SCHEDULES = Long.getLong("warren.simulation.schedules", 100_000);
  private static final long FIRST = Long.getLong("warren.simulation.seed", 1);
  private static final int STEPS = 70;

  @Test
  void noScheduleOfFaultsBreaksAPromise() {
    LongAdder tasks = new LongAdder();
    LongAdder executions = new LongAdder();
    LongAdder losses = new LongAdder();
    LongAdder ended = new LongAdder();
    long begun = System.nanoTime();
    LongStream.range(FIRST, FIRST + SCHEDULES)
        .parallel()
        .forEach(
            seed -> {
              SimulatedFleet fleet = run(seed, Planted.NOTHING);
              tasks.add(fleet.books().size());
              executions.add(fleet.books().executed());
              losses.add(fleet.losses());
              ended.add(rareEnds(fleet.books()));
            });
    System.out.printf(
        "settling: %,d schedules from seed %d, %,d tasks, %,d executions, %,d deliveries lost, %.1f s%n",
        SCHEDULES,
        FIRST,
        tasks.sum(),
        executions.sum(),
        losses.sum(),
        (System.nanoTime() - begun) / 1e9);
    // The faults must have hurt, or the schedules prove nothing.
    assertThat(executions.sum()).isGreaterThan(tasks.sum());
    assertThat(losses.sum()).isGreaterThan(SCHEDULES);
    if (SCHEDULES > 1_000) {
      assertThat(ended.sum()).isGreaterThan(SCHEDULES / 10);
    }
  }

  private static long rareEnds(SimulatedBooks books) {
    return books.ended(Outcome.Status.EXPIRED) + books.ended(Outcome.Status.CANCELLED);
  }

  private static SimulatedFleet run(long seed, Planted mistake) {
    SimulatedFleet fleet = new SimulatedFleet(seed, mistake);
    try {
      fleet.run(STEPS);
    } catch (AssertionError | RuntimeException broken) {
      throw new AssertionError("schedule of seed " + seed + ": " + broken.getMessage(), broken);
    }
    return fleet;
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void aPlantedMistakeIsFound(Planted mistake) {
    boolean found =
        LongStream.rangeClosed(1, 20_000)
            .anyMatch(
                seed -> {
                  try {
                    new SimulatedFleet(seed, mistake).run(STEPS);
                    return false;
                  } catch (AssertionError broken) {
                    return true;
                  }
                });

    assertThat(found).isTrue();
  }
}
