package dev.warren.engine.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Lane;
import dev.warren.engine.advice.ConcurrencyRules.Choice;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ConcurrencyRulesTest {
  private static final LaneRules.Choice THREADS = new LaneRules.Choice(Lane.THREADS, true, "");
  private static final LaneRules.Choice VIRTUAL = new LaneRules.Choice(Lane.VIRTUAL, true, "");

  private static Evidence evidence(double cpuShare, double busy) {
    return new Evidence(
        DurationCounts.NONE,
        new Evidence.Endings(0, 0, 0),
        busy,
        20,
        OptionalDouble.of(cpuShare),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  @Test
  void whatComputesGetsWhatTheCoresCanFeed() {
    assertThat(ConcurrencyRules.choose(evidence(1, 30), THREADS, 8, 200))
        .isEqualTo(new Choice(8, "8 at once keep 8 cores busy"));
    assertThat(ConcurrencyRules.choose(evidence(0.67, 30), THREADS, 8, 8).concurrency())
        .isEqualTo(12);
    assertThat(ConcurrencyRules.choose(evidence(0.9, 1), THREADS, 1, 1).how())
        .isEqualTo("1 at once keeps one core busy");
  }

  @Test
  void whatUsesSeveralCoresGetsFewerPlacesThanCoresButNeverNone() {
    LaneRules.Choice process = new LaneRules.Choice(Lane.PROCESS, true, "");
    assertThat(ConcurrencyRules.choose(evidence(4, 2), process, 8, 8).concurrency()).isEqualTo(2);
    assertThat(ConcurrencyRules.choose(evidence(40, 2), process, 8, 8).concurrency()).isEqualTo(1);
  }

  @Test
  void whatWaitsGetsWhatItNeededAndRoom() {
    assertThat(ConcurrencyRules.choose(evidence(0.02, 12.3), VIRTUAL, 2, 200))
        .isEqualTo(new Choice(16, "at most 12.3 ran at once so far; 2 cores could feed 100"));
    assertThat(ConcurrencyRules.choose(evidence(0.02, 0.01), VIRTUAL, 2, 200).concurrency())
        .isEqualTo(1);
  }

  @Test
  void whereAllPlacesWereTakenTwiceAsManyAreWorthATryAsFarAsTheCoresCanFeedThem() {
    assertThat(ConcurrencyRules.choose(evidence(0.002, 190), VIRTUAL, 2, 200))
        .isEqualTo(
            new Choice(400, "190.0 ran at once, which is all that may; 2 cores could feed 1000"));
    assertThat(ConcurrencyRules.choose(evidence(0.01, 200), VIRTUAL, 2, 200))
        .isEqualTo(new Choice(200, "200.0 ran at once, and 2 cores feed no more than 200"));
    assertThat(ConcurrencyRules.choose(evidence(0, 20_000), VIRTUAL, 64, 20_000).concurrency())
        .isEqualTo(ConcurrencyRules.MOST);
  }

  @Test
  void withoutEnoughDataItStaysAsItIs() {
    LaneRules.Choice unsure = new LaneRules.Choice(Lane.VIRTUAL, false, "");
    assertThat(ConcurrencyRules.choose(evidence(0.02, 12), unsure, 2, 200))
        .isEqualTo(new Choice(200, ""));
    assertThat(ConcurrencyRules.choose(Evidence.NONE, VIRTUAL, 2, 200))
        .isEqualTo(new Choice(200, ""));
  }
}
