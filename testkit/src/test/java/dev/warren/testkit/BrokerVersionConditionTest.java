package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@RabbitMq
class BrokerVersionConditionTest {
  @Test
  @BrokerVersionAtLeast("4.0")
  void runsOnFourAndLater(Broker broker) {
    assertThat(broker.version().major()).isGreaterThanOrEqualTo(4);
  }

  @Test
  @BrokerVersionBelow("4.0")
  void runsBeforeFour(Broker broker) {
    assertThat(broker.version().major()).isEqualTo(3);
  }
}
