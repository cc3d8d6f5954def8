package dev.warren.engine.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.engine.wire.WireLimits;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Messages that end the connection of a client that takes no care. */
@RabbitMq
class LargeMessagesTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String QUEUE = "large";
  private static final String DEAD = "large.dead";

  private final VirtualHost host;
  private final Connections connections;

  LargeMessagesTest(VirtualHost host) {
    this.host = host;
    this.connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
  }

  private static BasicProperties properties(int headerBytes) {
    return new BasicProperties.Builder()
        .deliveryMode(2)
        .headers(Map.of("huge", "h".repeat(headerBytes)))
        .build();
  }

  @Test
  void headersThatOutgrowAFrameWithWhatTheBrokerAddsAreRead() throws Exception {
    try (Connection connection = connections.open("consume")) {
      Channel channel = connection.createChannel();
      channel.queueDeclare(DEAD, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.queueDeclare(
          QUEUE,
          true,
          false,
          false,
          Map.of(
              "x-queue-type",
              "quorum",
              "x-dead-letter-exchange",
              "",
              "x-dead-letter-routing-key",
              DEAD));
      // The frame may hold 131,064 bytes; these are all but a few of them.
      host.publish("", QUEUE, properties(131_020), new byte[] {1});

      channel.basicNack(get(channel, QUEUE).getEnvelope().getDeliveryTag(), false, true);
      channel.basicReject(get(channel, QUEUE).getEnvelope().getDeliveryTag(), false);
      GetResponse letter = get(channel, DEAD);

      assertThat(letter.getProps().getHeaders()).containsKeys("huge", "x-death");
      channel.basicAck(letter.getEnvelope().getDeliveryTag(), false);
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void aBodyBeyondTheLimitIsCutAndTheNextOneIsWhole() throws Exception {
    byte[] tooLarge = new byte[WireLimits.MAX_RECEIVED_BYTES + 300_000];
    Arrays.fill(tooLarge, (byte) 'x');
    byte[] justFits = new byte[WireLimits.MAX_RECEIVED_BYTES];
    Arrays.fill(justFits, (byte) 'y');
    try (Connection connection = connections.open("consume")) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("bodies", true, false, false, Map.of("x-queue-type", "quorum"));
      for (byte[] body : new byte[][] {tooLarge, justFits, {1, 2, 3}}) {
        host.publish("", "bodies", properties(1), body);
      }

      assertThat(get(channel, "bodies").getBody())
          .hasSize(WireLimits.MAX_RECEIVED_BYTES)
          .containsOnly('x');
      assertThat(get(channel, "bodies").getBody()).isEqualTo(justFits);
      assertThat(get(channel, "bodies").getBody()).containsExactly(1, 2, 3);
    }
  }

  private static GetResponse get(Channel channel, String queue) {
    return Objects.requireNonNull(
        await().atMost(LIMIT).until(() -> channel.basicGet(queue, false), Objects::nonNull));
  }
}
