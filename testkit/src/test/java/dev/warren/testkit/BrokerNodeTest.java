package dev.warren.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RabbitMq
@Tag("node")
class BrokerNodeTest {
  private static final BasicProperties PERSISTENT = MessageProperties.PERSISTENT_BASIC;

  private final VirtualHost host;
  private final Broker broker;

  BrokerNodeTest(VirtualHost host, Broker broker) {
    this.host = host;
    this.broker = broker;
  }

  @Test
  void stoppingTheApplicationEndsConnectionsAndRefusesNewOnes() throws Exception {
    CompletableFuture<ShutdownSignalException> ended = ending(host.connect("before"));

    broker.node().stopApplication();
    try {
      assertThat(ended.get(20, TimeUnit.SECONDS)).isNotNull();
      assertThatThrownBy(() -> host.connect("while")).isInstanceOf(BrokerException.class);
    } finally {
      broker.node().startApplication();
    }

    try (Connection after = host.connect("after")) {
      assertThat(after.isOpen()).isTrue();
    }
  }

  @Test
  void aRestartKeepsAddressAndConfirmedMessages() throws Exception {
    declareAndPublish("kept");
    CompletableFuture<ShutdownSignalException> ended = ending(host.connect("before"));

    broker.node().restart();

    assertThat(ended.get(20, TimeUnit.SECONDS)).isNotNull();
    awaitReady("kept");
  }

  @Test
  void deletingAVirtualHostRightAfterARestartLeavesDeadLetteringAlive() throws Exception {
    Map<String, Object> arguments =
        Map.of(
            "x-queue-type", "quorum",
            "x-overflow", "reject-publish",
            "x-dead-letter-exchange", "",
            "x-dead-letter-strategy", "at-least-once");
    try (VirtualHost other = broker.createVirtualHost("other")) {
      for (int i = 0; i < 20; i++) {
        declare(other, "q" + i, arguments);
      }
      broker.node().sync();
      broker.node().restart();
    }

    declare(host, "after", arguments);
    assertThat(broker.node().ctl("eval", "is_pid(whereis(rabbit_fifo_dlx_sup))."))
        .isEqualTo("true");
  }

  @Test
  void aKilledNodeIsGoneAtOnceAndStartsAgainWithWhatItConfirmed() throws Exception {
    declareAndPublish("survivor");
    broker.node().sync();
    CompletableFuture<ShutdownSignalException> ended = ending(host.connect("before"));

    broker.node().kill();
    try {
      assertThat(ended.get(20, TimeUnit.SECONDS)).isNotNull();
      assertThatThrownBy(() -> host.connect("while")).isInstanceOf(BrokerException.class);
    } finally {
      broker.node().start();
    }

    awaitReady("survivor");
  }

  @Test
  void aFailingCommandSaysWhatTheBrokerSaid() {
    assertThatThrownBy(() -> broker.node().ctl("delete_vhost", "no-such-host"))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("no-such-host");
  }

  private static void declare(VirtualHost in, String queue, Map<String, Object> arguments)
      throws Exception {
    try (Connection connection = in.connect("declare");
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue, true, false, false, arguments);
    }
  }

  private void declareAndPublish(String queue) throws Exception {
    declare(host, queue, Map.of("x-queue-type", "quorum"));
    host.publish("", queue, PERSISTENT, "kept".getBytes(UTF_8));
  }

  private void awaitReady(String queue) {
    // A quorum queue counts nothing until it has elected its leader.
    await().atMost(Duration.ofSeconds(30)).until(() -> host.readyCount(queue) == 1);
  }

  private static CompletableFuture<ShutdownSignalException> ending(Connection connection) {
    CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
    connection.addShutdownListener(ended::complete);
    return ended;
  }
}
