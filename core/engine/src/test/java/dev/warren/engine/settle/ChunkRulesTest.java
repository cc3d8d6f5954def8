package dev.warren.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.settle.ChunkRules.Decision;
import dev.warren.engine.settle.ChunkRules.Work;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkRulesTest {
  @Test
  void whatEndsWithinAnotherTurnIsKept() {
    assertThat(ChunkRules.decide(new Work(100, 2, 100, 100, Duration.ofSeconds(2))))
        .isEqualTo(new Decision.Keep());
    assertThat(ChunkRules.decide(new Work(101, 2, 100, 100, Duration.ofSeconds(2))))
        .isInstanceOf(Decision.HandBack.class);
  }

  @Test
  void whatWasFastOnceIsNotKeptForThat() {
    assertThat(ChunkRules.decide(new Work(1, 2, 300, 0, Duration.ofSeconds(1))))
        .isInstanceOf(Decision.HandBack.class);
  }

  @Test
  void aChunkThatIsHandedBackHoldsATurnOfWork() {
    assertThat(ChunkRules.decide(new Work(90, 0, 10, 10, Duration.ofSeconds(1))))
        .isEqualTo(new Decision.HandBack(10));
    assertThat(ChunkRules.decide(new Work(90, 3, 10, 10, Duration.ofSeconds(2))))
        .as("those that run have taken a turn, too")
        .isEqualTo(new Decision.HandBack(2));
  }

  @Test
  void whereNothingEndsEachTaskGoesAlone() {
    assertThat(ChunkRules.decide(new Work(90, 2, 0, 0, Duration.ZERO)))
        .isEqualTo(new Decision.HandBack(1));
  }

  @Test
  void tasksThatTakeNoTimeGoTogether() {
    assertThat(ChunkRules.decide(new Work(90, 0, 10, 10, Duration.ZERO)))
        .isEqualTo(new Decision.HandBack(1_000_000_000));
  }

  @Test
  void tasksThatTakeLongerThanATurnGoAlone() {
    assertThat(ChunkRules.decide(new Work(90, 0, 1, 0, Duration.ofDays(400))))
        .isEqualTo(new Decision.HandBack(1));
  }
}
