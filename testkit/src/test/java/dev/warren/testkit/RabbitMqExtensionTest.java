package dev.warren.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@RabbitMq
class RabbitMqExtensionTest {
  private final VirtualHost host;

  RabbitMqExtensionTest(VirtualHost host) {
    this.host = host;
  }

  @Test
  void theVirtualHostTakesQuorumQueuesAndReturnsWhatWasPublished() throws Exception {
    try (Connection connection = host.connect("test");
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("letters", true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      channel.basicPublish("", "letters", null, "hello".getBytes(UTF_8));
      channel.waitForConfirmsOrDie(10_000);

      assertThat(channel.basicGet("letters", true).getBody()).asString().isEqualTo("hello");
    }
  }

  @Test
  void parametersOfMethodsAreTheSameVirtualHostAndItsBroker(VirtualHost same, Broker broker) {
    assertThat(same).isSameAs(host);
    assertThat(same.broker()).isSameAs(broker);
    assertThat(same.name()).startsWith("RabbitMqExtensionTest-");
  }

  @Test
  void theBrokerSaysItsVersion(Broker broker) {
    assertThat(broker.version()).isGreaterThanOrEqualTo(new BrokerVersion(3, 10, 0));
  }

  @Nested
  class InsideAnotherClass {
    @Test
    void theVirtualHostIsThatOfTheClassAround(VirtualHost nested) {
      assertThat(nested).isSameAs(host);
    }
  }
}
