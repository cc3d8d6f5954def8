package dev.warren.worker.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.warren.worker.supervise.ScalingRule.Limits;
import dev.warren.worker.supervise.ScalingRule.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ScalingRuleTest {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(60);

  /** Processes and work as a fluid, a second at a time; a new process takes work after some. */
  private static final class Simulation {
    private final ScalingRule rule;
    private final int startSeconds;
    private final List<Integer> startedAt = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final List<Double> waits = new ArrayList<>();
    private double waiting;
    private int second;

    Simulation(ProcessRange range, int startSeconds) {
      this.rule = new ScalingRule(new Limits(range, WAIT, IDLE));
      this.startSeconds = startSeconds;
      for (int i = 0; i < range.min(); i++) {
        startedAt.add(-startSeconds);
      }
    }

    /** Work that comes: process-seconds of each second. */
    Simulation run(int seconds, IntToDoubleFunction arrivals) {
      for (int end = second + seconds; second < end; second++) {
        int ready = (int) startedAt.stream().filter(at -> at + startSeconds <= second).count();
        double work = waiting + arrivals.applyAsDouble(second);
        double busy = Math.min(ready, work);
        waiting = work - busy;
        Load load = new Load(startedAt.size(), startedAt.size() - ready, waiting, busy, false);
        int wanted = rule.decide(Duration.ofSeconds(second), startedAt.size(), Optional.of(load));
        while (startedAt.size() < wanted) {
          startedAt.add(second);
        }
        while (startedAt.size() > wanted) {
          startedAt.removeLast();
        }
        sizes.add(startedAt.size());
        waits.add(load.seconds());
      }
      return this;
    }

    int size() {
      return startedAt.size();
    }

    int changes(int fromSecond) {
      int changes = 0;
      for (int i = fromSecond + 1; i < sizes.size(); i++) {
        changes += sizes.get(i).equals(sizes.get(i - 1)) ? 0 : 1;
      }
      return changes;
    }

    double longestWait(int fromSecond) {
      return waits.subList(fromSecond, waits.size()).stream().reduce(0.0, Math::max);
    }
  }

  @Test
  void growsUntilSteadyWorkWaitsNoLongerThanItMayAndStaysThere() {
    Simulation fleet = new Simulation(ProcessRange.parse("1..8"), 4).run(1_800, second -> 3.5);

    assertThat(fleet.size()).isBetween(4, 6);
    assertThat(fleet.longestWait(120)).isLessThanOrEqualTo(6);
    assertThat(fleet.changes(240)).as("sizes after four minutes: %s", fleet.sizes).isLessThan(3);
  }

  @Test
  void shrinksToTheLeastOneByOneWhenNothingIsLeftToDo() {
    Simulation fleet = new Simulation(ProcessRange.parse("2..8"), 4).run(300, second -> 7.0);
    int before = fleet.size();
    assertThat(before).isBetween(7, 8);

    fleet.run(50, second -> 0.0);
    assertThat(fleet.size()).as("not before it is sure").isEqualTo(before);
    fleet.run(60, second -> 0.0);
    assertThat(fleet.size()).isEqualTo(2);
    for (int i = 301; i < fleet.sizes.size(); i++) {
      assertThat(fleet.sizes.get(i - 1) - fleet.sizes.get(i)).isBetween(0, 1);
    }
  }

  @Test
  void shortBurstsStartNothingAndGapsStopNothing() {
    Simulation bursts =
        new Simulation(ProcessRange.parse("1..8"), 4)
            .run(600, second -> second % 20 == 0 ? 5.0 : 0.2);
    assertThat(bursts.changes(0)).isZero();

    Simulation gaps =
        new Simulation(ProcessRange.parse("1..8"), 4)
            .run(1_200, second -> second / 30 % 2 == 0 ? 4.0 : 0.0);
    assertThat(gaps.changes(300)).as("%s", gaps.sizes).isZero();
  }

  @Test
  void whateverComesItStaysWithinItsBoundsAndShrinksOnlyWhenItWasIdle() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ProcessRange range = new ProcessRange(random.nextInt(1, 4), random.nextInt(4, 20), true);
      double[] level = {0};
      Simulation fleet =
          new Simulation(range, random.nextInt(1, 15))
              .run(
                  1_000,
                  second -> {
                    if (random.nextInt(40) == 0) {
                      level[0] = random.nextDouble(0, 25);
                    }
                    return level[0] * random.nextDouble(0.5, 1.5);
                  });
      assertThat(fleet.sizes).as("seed %d", seed).allMatch(size -> size >= range.min());
      assertThat(fleet.sizes).as("seed %d", seed).allMatch(size -> size <= range.max());
      int lastUp = -1_000;
      for (int i = 1; i < fleet.sizes.size(); i++) {
        int step = fleet.sizes.get(i) - fleet.sizes.get(i - 1);
        if (step > 0) {
          assertThat(i - lastUp).as("seed %d at %d", seed, i).isGreaterThanOrEqualTo(10);
          assertThat(fleet.sizes.get(i)).isLessThanOrEqualTo(2 * fleet.sizes.get(i - 1));
          lastUp = i;
        } else if (step < 0) {
          assertThat(i - lastUp).as("seed %d at %d", seed, i).isGreaterThanOrEqualTo(60);
          assertThat(fleet.waits.subList(i - 60, i))
              .as("seed %d at %d", seed, i)
              .allMatch(seconds -> seconds <= WAIT.toSeconds() / 2.0);
        }
      }
      while (fleet.waiting > 0) {
        fleet.run(100, second -> 0.0);
      }
      fleet.run(60 + 5 * range.max() + 10, second -> 0.0);
      assertThat(fleet.size()).as("seed %d: at rest", seed).isEqualTo(range.min());
    }
  }

  @Test
  void nothingChangesWhileTheWorkIsUnknown() {
    ScalingRule rule = new ScalingRule(new Limits(ProcessRange.parse("1..8"), WAIT, IDLE));
    for (int second = 0; second < 600; second++) {
      assertThat(rule.decide(Duration.ofSeconds(second), 5, Optional.empty())).isEqualTo(5);
    }
  }

  @Test
  void longTasksOfUnknownLengthBringOneMoreAtATime() {
    ScalingRule rule = new ScalingRule(new Limits(ProcessRange.parse("1..8"), WAIT, IDLE));
    Load saturated = new Load(2, 0, 0, 2, true);

    assertThat(rule.decide(Duration.ZERO, 2, Optional.of(saturated))).isEqualTo(3);
    Load starting = new Load(3, 1, 0, 2, true);
    assertThat(rule.decide(Duration.ofSeconds(30), 3, Optional.of(starting))).isEqualTo(3);
  }

  @Test
  void theNumberIsBroughtIntoItsRange() {
    ScalingRule rule = new ScalingRule(new Limits(ProcessRange.of(3), WAIT, IDLE));

    assertThat(rule.decide(Duration.ZERO, 1, Optional.empty())).isEqualTo(3);
    assertThat(rule.decide(Duration.ZERO, 5, Optional.empty())).isEqualTo(3);
  }

  @Test
  void secondsCountForAllProcessesTogether() {
    assertThat(new Load(4, 0, 20, 4, false).seconds()).isEqualTo(5, within(1e-9));
  }
}
