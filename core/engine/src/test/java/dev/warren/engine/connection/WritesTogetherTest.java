package dev.warren.engine.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@RabbitMq
class WritesTogetherTest {
  private static final String QUEUE = "letters";

  @Test
  void heldWritesReachTheBrokerInOrderOnceReleased(VirtualHost host) throws Exception {
    try (Connection connection = open(host);
        Channel channel = connection.createChannel();
        Connection other = open(host);
        Channel looking = other.createChannel()) {
      channel.queueDeclare(QUEUE, true, false, false, null);
      WritesTogether writes = WritesTogether.on(connection);
      publish(channel, "first");
      publish(channel, "second");
      assertThat(looking.messageCount(QUEUE)).isZero();
      writes.close();

      Awaitility.await().untilAsserted(() -> assertThat(looking.messageCount(QUEUE)).isEqualTo(2));
      assertThat(text(looking.basicGet(QUEUE, true))).isEqualTo("first");
      assertThat(text(looking.basicGet(QUEUE, true))).isEqualTo("second");
    }
  }

  @Test
  void writesOfOtherThreadsAreNotHeld(VirtualHost host) throws Exception {
    try (Connection connection = open(host);
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(QUEUE + "-2", true, false, false, null);
      WritesTogether writes = WritesTogether.on(connection);
      Thread other =
          Thread.ofPlatform()
              .name("other-writer")
              .start(
                  () -> {
                    try (Channel own = connection.createChannel()) {
                      own.queueDeclarePassive(QUEUE + "-2");
                    } catch (Exception refused) {
                      throw new IllegalStateException(refused);
                    }
                  });
      assertThat(other.join(Duration.ofSeconds(10))).isTrue();
      writes.close();
    }
  }

  @Test
  void moreThanABufferIsSentWhileHeld(VirtualHost host) throws Exception {
    try (Connection connection = open(host);
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(QUEUE + "-3", true, false, false, null);
      channel.confirmSelect();
      WritesTogether writes = WritesTogether.on(connection);
      for (int i = 0; i < 1_000; i++) {
        channel.basicPublish("", QUEUE + "-3", null, new byte[300]);
      }
      writes.close();

      assertThat(channel.waitForConfirms(10_000)).isTrue();
      assertThat(channel.messageCount(QUEUE + "-3")).isEqualTo(1_000);
    }
  }

  private static void publish(Channel channel, String text) throws Exception {
    channel.basicPublish("", QUEUE, null, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(GetResponse got) {
    return new String(got.getBody(), StandardCharsets.UTF_8);
  }

  private static Connection open(VirtualHost host) {
    return new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test")).open("publish");
  }
}
