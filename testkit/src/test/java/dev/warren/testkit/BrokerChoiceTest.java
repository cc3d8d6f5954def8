package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class BrokerChoiceTest {
  @Test
  void withoutSettingsANodeIsStarted() {
    assertThat(choice(Map.of())).isEqualTo(new BrokerChoice.NewNode());
    assertThat(choice(Map.of("BROKER", "node"))).isEqualTo(new BrokerChoice.NewNode());
  }

  @Test
  void dockerTakesTheImageThatIsGiven() {
    assertThat(choice(Map.of("BROKER", "docker")))
        .isEqualTo(new BrokerChoice.InDocker("rabbitmq:4-management"));
    assertThat(choice(Map.of("BROKER", "docker", "IMAGE", "rabbitmq:3.13", "NODE_DIR", "/n")))
        .isEqualTo(new BrokerChoice.InDocker("rabbitmq:3.13"));
  }

  @Test
  void theFolderOfARunningNodeIsEnough() {
    assertThat(choice(Map.of("NODE_DIR", "/tmp/n")))
        .isEqualTo(new BrokerChoice.RunningNode(Path.of("/tmp/n")));
    assertThat(choice(Map.of("BROKER", "amqp://u:p@h:1", "NODE_DIR", "/tmp/n")))
        .isEqualTo(new BrokerChoice.RunningNode(Path.of("/tmp/n")));
  }

  @Test
  void aUriHasItsManagementAtTheUsualPortUnlessItIsGiven() {
    BrokerChoice.Given usual =
        (BrokerChoice.Given) choice(Map.of("BROKER", "amqp://user:a%2Fb@host"));
    BrokerChoice.Given given =
        (BrokerChoice.Given)
            choice(Map.of("BROKER", "amqp://u:p@host:5673", "MANAGEMENT", "http://other:80"));

    assertThat(usual.address().management()).hasToString("http://host:15672");
    assertThat(usual.address().password()).isEqualTo("a/b");
    assertThat(usual.address().amqpUri("my host"))
        .hasToString("amqp://user:a%2Fb@host:5672/my%20host");
    assertThat(given.address().management()).hasToString("http://other:80");
    assertThat(given.address().amqpUri("/")).hasToString("amqp://u:p@host:5673/%2F");
  }

  @Test
  void anythingElseIsRefusedWithTheWaysToABroker() {
    assertThatThrownBy(() -> choice(Map.of("BROKER", "kafka")))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("apt-get install rabbitmq-server");
  }

  @Test
  void aMissingBrokerFailsTheTestsAndSaysHowToGetOne() {
    System.setProperty("warren.test.broker", "amqp://guest:guest@127.0.0.1:1");
    System.setProperty("warren.test.management", "http://127.0.0.1:1");
    System.setProperty("warren.test.node.dir", "");
    Events containers;
    try {
      containers =
          EngineTestKit.engine("junit-jupiter")
              .selectors(selectClass(NeedsABroker.class))
              .execute()
              .containerEvents();
    } finally {
      System.clearProperty("warren.test.broker");
      System.clearProperty("warren.test.management");
      System.clearProperty("warren.test.node.dir");
    }

    assertThat(containers.skipped().count()).isZero();
    assertThat(containers.failed().list())
        .singleElement()
        .asString()
        .contains("no broker with a management API at amqp://127.0.0.1:1")
        .contains("apt-get install rabbitmq-server");
  }

  private static BrokerChoice choice(Map<String, String> settings) {
    return BrokerChoice.of(name -> settings.getOrDefault(name, ""));
  }

  @RabbitMq
  static class NeedsABroker {
    @Test
    void isNeverReached(VirtualHost host) {
      assertThat(host).isNotNull();
    }
  }
}
