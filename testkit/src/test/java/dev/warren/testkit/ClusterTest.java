package dev.warren.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full")
class ClusterTest {
  private static final BasicProperties PERSISTENT = MessageProperties.PERSISTENT_BASIC;

  @Test
  void aQuorumQueueOutlivesTheMemberItWasDeclaredOn() throws Exception {
    try (Cluster cluster = Cluster.start(3)) {
      Broker first = cluster.members().getFirst();
      VirtualHost host = first.createVirtualHost("fleet");
      try (Connection connection = host.connect("declare");
          Channel channel = connection.createChannel()) {
        channel.queueDeclare("tasks", true, false, false, Map.of("x-queue-type", "quorum"));
      }
      host.publish("", "tasks", PERSISTENT, "kept".getBytes(UTF_8));

      first.node().kill();
      cluster.awaitRunning(2);
      cluster.awaitLeaders(host);

      assertThat(get(cluster.uris(host).get(1), "tasks")).isEqualTo("kept");

      first.node().start();
      cluster.awaitRunning(3);
      assertThat(first.node().ctl("-q", "cluster_status"))
          .contains("member-0@localhost", "member-1@localhost", "member-2@localhost");

      cluster.members().get(2).node().stop();
      cluster.awaitRunning(2);
      cluster.awaitLeaders(host);
      host.publish("", "tasks", PERSISTENT, "more".getBytes(UTF_8));
      assertThat(get(cluster.uris(host).get(1), "tasks")).isEqualTo("more");
    }
  }

  private static String get(URI uri, String queue) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    try (Connection connection = factory.newConnection("reader");
        Channel channel = connection.createChannel()) {
      GetResponse message = channel.basicGet(queue, true);
      return message == null ? "" : new String(message.getBody(), UTF_8);
    }
  }
}
