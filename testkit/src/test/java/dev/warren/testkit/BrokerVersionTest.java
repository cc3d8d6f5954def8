package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BrokerVersionTest {
  private static final BrokerVersion OLD = BrokerVersion.of("3.10.8");
  private static final BrokerVersion NEW = BrokerVersion.of("4.0.5");

  @Test
  void comparesByNumbersAndNotByLetters() {
    assertThat(BrokerVersion.of("3.10.8")).isGreaterThan(BrokerVersion.of("3.9.29"));
    assertThat(BrokerVersion.of("4.0.0-rc.1")).isEqualTo(BrokerVersion.of("4"));
    assertThat(OLD.atLeast("3.10")).isTrue();
    assertThat(OLD.atLeast("3.10.9")).isFalse();
  }

  @Test
  void refusesWhatIsNoVersion() {
    assertThatIllegalArgumentException().isThrownBy(() -> BrokerVersion.of("four"));
  }

  @Test
  void aTestForLaterBrokersIsDisabledOnAnEarlierOneWithTheReason() {
    var onOld = BrokerVersionCondition.evaluate(OLD, Optional.of("4.0"), Optional.empty());
    var onNew = BrokerVersionCondition.evaluate(NEW, Optional.of("4.0"), Optional.empty());

    assertThat(onOld.isDisabled()).isTrue();
    assertThat(onOld.getReason()).hasValue("for RabbitMQ 4.0 and later; this is 3.10.8");
    assertThat(onNew.isDisabled()).isFalse();
  }

  @Test
  void aTestForEarlierBrokersIsDisabledFromThatVersionOn() {
    assertThat(
            BrokerVersionCondition.evaluate(OLD, Optional.empty(), Optional.of("4.0")).isDisabled())
        .isFalse();
    assertThat(
            BrokerVersionCondition.evaluate(NEW, Optional.empty(), Optional.of("4.0.5"))
                .isDisabled())
        .isTrue();
  }
}
