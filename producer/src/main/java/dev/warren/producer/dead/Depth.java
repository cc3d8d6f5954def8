package dev.warren.producer.dead;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.engine.connection.BrokerRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a queue says of itself.
 *
 * @param ready messages that wait in it
 * @param consumers who takes them
 */
record Depth(long ready, long consumers) {
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  /** Asks on a channel of its own, which a missing queue closes; empty if there is none. */
  static Optional<Depth> of(Connection connection, String queue) throws IOException {
    Channel channel = Sweep.open(connection);
    try {
      AMQP.Queue.DeclareOk there = channel.queueDeclarePassive(queue);
      return Optional.of(new Depth(there.getMessageCount(), there.getConsumerCount()));
    } catch (IOException refused) {
      if (BrokerRefusal.in(refused).filter(BrokerRefusal::isNotFound).isPresent()) {
        return Optional.empty();
      }
      throw refused;
    } finally {
      channel.abort();
    }
  }

  /** Waits until a queue has so many messages again, as a closed channel gives them back late. */
  static void awaitAtLeast(Connection connection, String queue, long count, Duration limit)
      throws IOException, InterruptedException {
    Channel channel = Sweep.open(connection);
    CountDownLatch never = new CountDownLatch(1);
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (channel.queueDeclarePassive(queue).getMessageCount() < count
          && deadline - System.nanoTime() > 0) {
        boolean unused = never.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      channel.abort();
    }
  }
}
