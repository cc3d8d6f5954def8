package dev.warren.engine.aggregation;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One channel of the feed, from its opening until it is lost or closed. The feed's thread alone
 * writes to it.
 */
final class OutcomeSession {
  private static final Duration LAST_RECORDS_LIMIT = Duration.ofSeconds(20);

  private final Channel channel;
  private final OutcomeFeed.Receiver receiver;
  private final String consumer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private long delivered;
  private long recorded;
  private long acknowledged;
  private boolean consuming;
  private boolean finishing;
  private @Nullable String lostBecause;

  OutcomeSession(Channel channel, OutcomeFeed.Receiver receiver) {
    this.channel = channel;
    this.receiver = receiver;
    this.consumer = ConsumerTags.of(channel);
    channel.addShutdownListener(cause -> lost(cause.getMessage()));
  }

  void consume(int prefetch, Duration timeout) throws IOException {
    channel.basicQos(prefetch);
    channel.basicConsume(
        TopologyNames.OUTCOMES,
        false,
        consumer,
        false,
        false,
        // Honoured by RabbitMQ from 4.3 on, accepted and ignored by older ones.
        Map.of("x-consumer-timeout", timeout.toMillis()),
        new Subscriber());
    lock.lock();
    try {
      consuming = lostBecause == null;
    } finally {
      lock.unlock();
    }
  }

  /** Acknowledges what is recorded until the channel is lost or all is done; says why it ended. */
  String serve() throws InterruptedException {
    try {
      while (true) {
        long upTo = awaitRecorded();
        if (upTo == 0) {
          break;
        }
        channel.basicAck(upTo, true);
      }
      if (isLost()) {
        return why();
      }
      finish();
      return "closed";
    } catch (IOException | TimeoutException | AlreadyClosedException gone) {
      lost(gone.toString());
      return why();
    }
  }

  /** The last tag to acknowledge; 0 if the session is lost or to be finished. */
  private long awaitRecorded() throws InterruptedException {
    lock.lock();
    try {
      while (recorded == acknowledged && lostBecause == null && !finishing) {
        changed.await();
      }
      if (lostBecause != null || recorded == acknowledged) {
        return 0;
      }
      acknowledged = recorded;
      return acknowledged;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more, waits for what is being recorded, and closes by handshake. */
  private void finish() throws IOException, TimeoutException, InterruptedException {
    channel.basicCancel(consumer);
    long upTo;
    lock.lock();
    try {
      consuming = false;
      long left = LAST_RECORDS_LIMIT.toNanos();
      while (recorded < delivered && lostBecause == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      upTo = recorded > acknowledged && lostBecause == null ? recorded : 0;
      acknowledged = recorded;
    } finally {
      lock.unlock();
    }
    if (upTo > 0) {
      channel.basicAck(upTo, true);
    }
    // By handshake: the broker has read the last acknowledgement when this returns.
    channel.close();
  }

  void acknowledge(long tag) {
    lock.lock();
    try {
      recorded = Math.max(recorded, tag);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@link #serve} end in order. */
  void stop() {
    lock.lock();
    try {
      finishing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isConsuming() {
    lock.lock();
    try {
      return consuming && lostBecause == null;
    } finally {
      lock.unlock();
    }
  }

  void lost(@Nullable String why) {
    lock.lock();
    try {
      if (lostBecause == null) {
        lostBecause = why == null ? "the channel was closed" : why;
        consuming = false;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isLost() {
    lock.lock();
    try {
      return lostBecause != null;
    } finally {
      lock.unlock();
    }
  }

  private String why() {
    lock.lock();
    try {
      return lostBecause == null ? "closed" : lostBecause;
    } finally {
      lock.unlock();
    }
  }

  private final class Subscriber extends DefaultConsumer {
    Subscriber() {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      lock.lock();
      try {
        if (lostBecause != null) {
          return;
        }
        delivered = envelope.getDeliveryTag();
      } finally {
        lock.unlock();
      }
      OutcomeMessage message =
          new OutcomeMessage(OutcomeSession.this, envelope.getDeliveryTag(), body);
      try {
        receiver.receive(message);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        lost("the receiver was interrupted");
      } catch (RuntimeException failed) {
        message.refused(String.valueOf(failed));
      }
    }

    @Override
    public void handleCancel(String tag) {
      lost("the broker cancelled the consumer: the queue was deleted, moved, or the disk is slow");
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException cause) {
      lost(cause.getMessage());
    }
  }
}
