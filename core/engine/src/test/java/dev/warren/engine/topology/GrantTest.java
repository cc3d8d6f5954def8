package dev.warren.engine.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import dev.warren.api.AccessDeniedException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each part may do with the permissions that are shipped for it, and what it may not. */
@RabbitMq
class GrantTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final BasicProperties PERSISTENT = MessageProperties.PERSISTENT_BASIC;

  private final VirtualHost host;

  GrantTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void declareAsAdmin() {
    new Declarer(as(Grant.ADMIN))
        .apply(
            Topology.fleet()
                .and(Topology.workQueue("default"))
                .and(Topology.type("default", "echo")));
  }

  private Connections as(Grant grant) {
    Permissions permissions = Permissions.of(grant.configure(), grant.write(), grant.read());
    if (grant.eventsWrite().isPresent() || grant.eventsRead().isPresent()) {
      permissions =
          permissions.withTopic(
              TopologyNames.EVENTS,
              grant.eventsWrite().orElse(".*"),
              grant.eventsRead().orElse(".*"));
    }
    return new Connections(BrokerSettings.of(host.createUser(permissions)), ProcessName.of("test"));
  }

  private interface Use {
    void on(Channel channel) throws IOException;
  }

  private static void may(Connections who, Use use) throws Exception {
    try (Connection connection = who.open("test");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicQos(10);
      use.on(channel);
      channel.waitForConfirmsOrDie(10_000);
    }
  }

  private static void mayNot(Connections who, Use use) throws Exception {
    try (Connection connection = who.open("test")) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      assertThatThrownBy(
              () -> {
                use.on(channel);
                channel.waitForConfirmsOrDie(10_000);
              })
          .extracting(BrokerRefusal::in)
          .matches(refusal -> refusal.map(BrokerRefusal::isAccessRefused).orElse(false));
    }
  }

  private static Use publish(String exchange, String key) {
    return channel -> channel.basicPublish(exchange, key, PERSISTENT, new byte[] {1});
  }

  private static Use consume(String queue) {
    return channel ->
        channel.basicCancel(
            channel.basicConsume(
                queue,
                false,
                queue.equals(TopologyNames.CANCELLATIONS) || queue.equals(TopologyNames.REGISTRY)
                    ? Map.of("x-stream-offset", "first")
                    : Map.of(),
                (tag, delivery) -> {},
                tag -> {}));
  }

  @Test
  void aWorkerVerifiesBindsConsumesAndPublishes() throws Exception {
    Connections worker = as(Grant.WORKER);

    new Declarer(worker).establish(TopologyMode.VERIFY, Map.of("default", Set.of("echo", "sleep")));
    may(worker, channel -> Declarer.declareOn(channel, Topology.control("worker-a-1-x")));
    may(worker, consume("warren.q.default"));
    may(worker, consume(TopologyNames.DEAD_INBOX));
    may(worker, consume(TopologyNames.CANCELLATIONS));
    may(worker, publish(TopologyNames.TASKS, "default.echo"));
    may(worker, publish(TopologyNames.delay(3), "0.".repeat(20) + "default.echo"));
    may(worker, publish(TopologyNames.EVENTS, "outcome.default." + TOKEN));
    may(worker, publish(TopologyNames.DEAD, "told.default"));
    may(worker, publish(TopologyNames.REGISTRY, ""));
  }

  @Test
  void aWorkerMayLookAfterWhatIsDeletedUnheard() throws Exception {
    Connections worker = as(Grant.WORKER);
    Topology unheard = Topology.unheard(Map.of("default", Set.of("echo", "sleep")));

    new Declarer(worker).bind(unheard);
    for (ExchangeDefinition exchange : unheard.exchanges()) {
      may(worker, channel -> channel.exchangeDeclarePassive(exchange.name()));
    }
  }

  @Test
  void aWorkerNeitherDeclaresQueuesNorReadsTheDeadNorControlsOthers() throws Exception {
    Connections worker = as(Grant.WORKER);

    assertThatThrownBy(() -> new Declarer(worker).apply(Topology.workQueue("other")))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("warren.dead.other")
        .hasMessageContaining("topology apply");
    mayNot(worker, consume("warren.dead.default"));
    mayNot(worker, publish(TopologyNames.CONTROL, ""));
    mayNot(worker, publish("", "warren.q.default"));
  }

  @Test
  void aProducerSubmitsWaitsAndCancels() throws Exception {
    Connections producer = as(Grant.PRODUCER);

    may(producer, publish(TopologyNames.TASKS, "default.echo"));
    may(producer, publish(TopologyNames.delay(0), "0.".repeat(20) + "default.echo"));
    may(producer, publish(TopologyNames.EVENTS, "batch-opened.-." + TOKEN));
    may(producer, publish(TopologyNames.EVENTS, "delayed.default.-"));
    may(producer, publish(TopologyNames.CANCELLATIONS, ""));
    may(producer, channel -> Declarer.declareOn(channel, Topology.waiting(TOKEN)));
    may(producer, consume(TopologyNames.waiting(TOKEN)));
    may(producer, consume(TopologyNames.REGISTRY));
  }

  @Test
  void aProducerForgesNoOutcomeAndHearsNobodyElses() throws Exception {
    Connections producer = as(Grant.PRODUCER);
    String queue = TopologyNames.waiting(TOKEN);
    may(producer, channel -> Declarer.declareOn(channel, Topology.waiting(TOKEN)));

    mayNot(producer, publish(TopologyNames.EVENTS, "outcome.default." + TOKEN));
    mayNot(producer, publish(TopologyNames.EVENTS, "retrying.default." + TOKEN));
    for (String all : new String[] {"#", "outcome.#", "*.*.*"}) {
      mayNot(producer, channel -> channel.queueBind(queue, TopologyNames.EVENTS, all));
    }
    mayNot(producer, consume("warren.q.default"));
    mayNot(producer, publish(TopologyNames.DEAD, "told.default"));
    mayNot(producer, publish(TopologyNames.CONTROL, ""));
  }

  @Test
  void anOperatorReadsAndReplaysTheDeadAndControls() throws Exception {
    Connections operator = as(Grant.OPERATOR);

    may(operator, consume("warren.dead.default"));
    may(operator, consume(TopologyNames.UNROUTED));
    may(operator, publish(TopologyNames.TASKS, "default.echo"));
    may(operator, publish(TopologyNames.CONTROL, ""));
    may(operator, channel -> channel.queueDeclarePassive("warren.q.default"));
    mayNot(operator, channel -> channel.queueDelete("warren.q.default"));
  }

  @Test
  void aGatewayDeclaresItsOutcomesQueueAndReadsIt() throws Exception {
    Connections gateway = as(Grant.GATEWAY);

    new Declarer(gateway).apply(Topology.outcomes());
    new Declarer(gateway).establish(TopologyMode.VERIFY, Map.of("default", Set.of("fetch")));
    may(gateway, consume(TopologyNames.OUTCOMES));
    may(gateway, channel -> Declarer.declareOn(channel, Topology.live("gateway-a-1-x")));
    may(gateway, publish(TopologyNames.EVENTS, "outcome.default." + TOKEN));
    mayNot(gateway, channel -> channel.queueDelete("warren.q.default"));
  }

  @Test
  void whoHasNoPermissionAtAllIsToldWhatItMayNotSee() {
    Grant nobody = new Grant("nobody", "^$", "^$", "^$", Optional.empty(), Optional.empty());
    assertThat(new Declarer(as(nobody)).diff(Topology.workQueue("default")))
        .hasSize(2)
        .allSatisfy(each -> assertThat(each.state()).isEqualTo(Difference.State.UNKNOWN));
  }
}
