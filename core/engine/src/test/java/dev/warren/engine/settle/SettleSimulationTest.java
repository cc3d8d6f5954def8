package dev.warren.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettleSimulationTest {
  private static final int SCHEDULES = 8_000;
  private static final int STEPS = 150;

  @Test
  void noScheduleOfCrashesAndCancellationsBreaksAPromise() {
    long executions = 0;
    long submitted = 0;
    long cancelled = 0;
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      SimulatedFleet fleet = new SimulatedFleet(seed, SimulatedFleet.Planted.NOTHING);
      try {
        fleet.run(STEPS);
      } catch (AssertionError | RuntimeException broken) {
        throw new AssertionError("schedule of seed " + seed + ": " + broken.getMessage(), broken);
      }
      executions += fleet.executions();
      submitted += fleet.submitted();
      cancelled += fleet.cancelled();
    }
    // The crashes must have hurt, or the schedules prove nothing.
    assertThat(executions).isGreaterThan(submitted);
    assertThat(cancelled).isGreaterThan(SCHEDULES);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void aPlantedMistakeIsFound(SimulatedFleet.Planted mistake) {
    boolean found =
        LongStream.rangeClosed(1, 2_000)
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
