package dev.warren.engine.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Lane;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LaneRulesTest {
  private static Evidence evidence(int measured, double cpuShare, long stuck, long crashed) {
    DurationBuckets durations = new DurationBuckets();
    for (int i = 0; i < measured; i++) {
      durations.add(Duration.ofMillis(100));
    }
    return new Evidence(
        DurationCounts.of(durations),
        new Evidence.Endings(0, stuck, crashed),
        1,
        measured,
        OptionalDouble.of(cpuShare),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private static Lane choice(double cpuShare, Lane now) {
    LaneRules.Choice choice = LaneRules.choose(evidence(20, cpuShare, 0, 0), Lane.AUTO, now);
    assertThat(choice.sure()).isTrue();
    return choice.lane();
  }

  @Test
  void whatComputesBelongsOnThreadsAndWhatWaitsOnVirtualOnes() {
    assertThat(choice(0.95, Lane.VIRTUAL)).isEqualTo(Lane.THREADS);
    assertThat(choice(0.95, Lane.THREADS)).isEqualTo(Lane.THREADS);
    assertThat(choice(0.05, Lane.THREADS)).isEqualTo(Lane.VIRTUAL);
    assertThat(choice(0.05, Lane.VIRTUAL)).isEqualTo(Lane.VIRTUAL);
  }

  @Test
  void whatIsInBetweenStaysWhereItIs() {
    assertThat(choice(0.5, Lane.VIRTUAL)).isEqualTo(Lane.VIRTUAL);
    assertThat(choice(0.5, Lane.THREADS)).isEqualTo(Lane.THREADS);
    assertThat(choice(0.41, Lane.THREADS)).isEqualTo(Lane.THREADS);
    assertThat(choice(0.59, Lane.VIRTUAL)).isEqualTo(Lane.VIRTUAL);
  }

  @Test
  void aShareThatSwaysAboutTheMiddleMovesNothing() {
    Lane now = Lane.VIRTUAL;
    int moves = 0;
    for (int i = 0; i < 100; i++) {
      Lane next = choice(0.5 + 0.09 * Math.sin(i), now);
      moves += next == now ? 0 : 1;
      now = next;
    }
    assertThat(moves).isZero();
  }

  @Test
  void littleDataChangesNothingAndSaysSo() {
    LaneRules.Choice few = LaneRules.choose(evidence(4, 0.99, 0, 0), Lane.AUTO, Lane.VIRTUAL);
    LaneRules.Choice none = LaneRules.choose(Evidence.NONE, Lane.AUTO, Lane.VIRTUAL);

    assertThat(few)
        .isEqualTo(new LaneRules.Choice(Lane.VIRTUAL, false, "too few attempts are measured (4)"));
    assertThat(none)
        .isEqualTo(new LaneRules.Choice(Lane.VIRTUAL, false, "no attempt has ended yet"));
  }

  @Test
  void ofATypeThatIsRegisteredForVirtualThreadsItSaysHowToHaveItMeasured() {
    DurationBuckets durations = new DurationBuckets();
    durations.add(Duration.ofMillis(100));
    Evidence unmeasured =
        new Evidence(
            DurationCounts.of(durations),
            new Evidence.Endings(0, 0, 0),
            1,
            0,
            OptionalDouble.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    LaneRules.Choice choice = LaneRules.choose(unmeasured, Lane.VIRTUAL, Lane.VIRTUAL);

    assertThat(choice.sure()).isFalse();
    assertThat(choice.why()).contains("register it without a lane");
  }

  @Test
  void whatCannotBeStoppedOrEndsItsWorkerBelongsInAProcessHoweverLittleIsKnown() {
    LaneRules.Choice stuck = LaneRules.choose(evidence(1, 0.9, 2, 0), Lane.AUTO, Lane.THREADS);
    LaneRules.Choice crashed = LaneRules.choose(evidence(0, 0.9, 0, 1), Lane.THREADS, Lane.THREADS);

    assertThat(stuck.lane()).isEqualTo(Lane.PROCESS);
    assertThat(stuck.why()).contains("2 times it did not end although it was told to");
    assertThat(crashed.lane()).isEqualTo(Lane.PROCESS);
    assertThat(crashed.why()).contains("ended its worker once");
  }

  @Test
  void eventLoopsAndProcessesThatWereAskedForStay() {
    assertThat(LaneRules.choose(evidence(20, 0.9, 1, 1), Lane.ASYNC, Lane.ASYNC).lane())
        .isEqualTo(Lane.ASYNC);
    LaneRules.Choice process =
        LaneRules.choose(evidence(20, 0.02, 0, 0), Lane.PROCESS, Lane.PROCESS);
    assertThat(process.lane()).isEqualTo(Lane.PROCESS);
    assertThat(process.why()).contains("its registration asks for a process", "2 %");
  }

  @Test
  void aTypeThatIsRegisteredForAnotherLaneIsToldWhereItBelongs() {
    LaneRules.Choice waits = LaneRules.choose(evidence(30, 0.03, 0, 0), Lane.THREADS, Lane.THREADS);

    assertThat(waits.lane()).isEqualTo(Lane.VIRTUAL);
    assertThat(waits.why()).isEqualTo("it waits 97 % of its time (30 measured)");
  }
}
