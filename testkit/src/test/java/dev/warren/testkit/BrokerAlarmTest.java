package dev.warren.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BlockedCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.UnblockedCallback;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RabbitMq
@Tag("node")
class BrokerAlarmTest {
  private final VirtualHost host;
  private final Broker broker;

  BrokerAlarmTest(VirtualHost host, Broker broker) {
    this.host = host;
    this.broker = broker;
  }

  @Test
  void aMemoryAlarmBlocksPublishersUntilItIsClosed() throws Exception {
    publishersAreBlockedDuring(broker::raiseMemoryAlarm);
  }

  @Test
  void aDiskAlarmBlocksPublishersUntilItIsClosed() throws Exception {
    publishersAreBlockedDuring(broker::raiseDiskAlarm);
  }

  private void publishersAreBlockedDuring(Supplier<Alarm> raise) throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch unblocked = new CountDownLatch(1);
    try (Connection connection = host.connect("publisher");
        Channel channel = connection.createChannel()) {
      BlockedCallback whenBlocked = reason -> blocked.countDown();
      UnblockedCallback whenUnblocked = unblocked::countDown;
      connection.addBlockedListener(whenBlocked, whenUnblocked);

      try (Alarm alarm = raise.get()) {
        assertThat(alarm).isNotNull();
        channel.basicPublish(
            "", "nowhere", MessageProperties.PERSISTENT_BASIC, "x".getBytes(UTF_8));
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(unblocked.getCount()).isEqualTo(1);
      }

      assertThat(unblocked.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
