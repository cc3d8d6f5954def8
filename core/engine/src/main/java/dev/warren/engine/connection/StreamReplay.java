package dev.warren.engine.connection;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stream from its first message or a later one, knows when it has seen all that was there,
 * and goes on reading what comes. Takes a channel for itself; who opened that closes it.
 *
 * <p>AMQP does not tell where a stream ends, and the message count lags by seconds. But the broker
 * reads on, up to the prefetch, whenever an acknowledgement arrives, and before it answers the next
 * command on the channel; and the client hands over deliveries and answers in their order. So when
 * two commands in a row see no delivery between them, the end was reached.
 */
public final class StreamReplay {
  private static final Logger LOG = LoggerFactory.getLogger(StreamReplay.class);
  private static final int PREFETCH = 500;
  private static final int ACKNOWLEDGE_EVERY = 100;

  private final Channel channel;
  private final String stream;
  private final Consumer<Delivery> handler;
  private final CountDownLatch firstSeen = new CountDownLatch(1);

  // Written by the channel's callback thread only.
  private volatile long seen;

  /**
   * A replay that is not started yet.
   *
   * @param handler called on the channel's callback thread, in order; must not block or throw.
   */
  public StreamReplay(Channel channel, String stream, Consumer<Delivery> handler) {
    this.channel = Objects.requireNonNull(channel, "channel");
    this.stream = Objects.requireNonNull(stream, "stream");
    this.handler = Objects.requireNonNull(handler, "handler");
  }

  /** Starts reading at the first message. */
  public void start(Runnable cancelled) throws IOException {
    start("first", cancelled);
  }

  /**
   * Starts reading.
   *
   * @param offset {@code first}, or the number of the message to begin with.
   * @param cancelled called when the broker ends the reading, as when the stream is deleted; not
   *     when the channel or connection is closed.
   */
  public void start(Object offset, Runnable cancelled) throws IOException {
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        stream,
        false,
        ConsumerTags.of(channel, stream),
        false,
        false,
        Map.of("x-stream-offset", offset),
        new Reader(channel, cancelled));
  }

  /**
   * Waits until all that was in the stream at the call has been handled.
   *
   * @param limit the longest to wait.
   * @param emptyAfter how long nothing must come before a stream that says it is empty is believed.
   * @return whether the end was reached; false if the limit came first.
   */
  public boolean awaitEnd(Duration limit, Duration emptyAfter)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    if (!firstSeen.await(Math.min(limit.toNanos(), emptyAfter.toNanos()), TimeUnit.NANOSECONDS)) {
      long count = channel.queueDeclarePassive(stream).getMessageCount();
      if (count == 0) {
        return true;
      }
      if (!firstSeen.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOG.debug("stream {} has {} messages and delivered none", stream, count);
        return false;
      }
    }
    long before;
    do {
      before = seen;
      if (!passBarrier(deadline)) {
        return false;
      }
    } while (seen != before);
    return true;
  }

  /** Answers when everything delivered before it has been handled; false if that took too long. */
  private boolean passBarrier(long deadline) throws IOException, InterruptedException {
    Barrier barrier = new Barrier(channel);
    String tag =
        channel.basicConsume(
            stream,
            false,
            ConsumerTags.of(channel, stream + " end"),
            false,
            false,
            Map.of("x-stream-offset", "next"),
            barrier);
    boolean passed = barrier.reached.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    channel.basicCancel(tag);
    return passed;
  }

  /** Its only use is that its start is told in order with the deliveries. */
  private static final class Barrier extends DefaultConsumer {
    private final CountDownLatch reached = new CountDownLatch(1);

    Barrier(Channel channel) {
      super(channel);
    }

    @Override
    public void handleConsumeOk(String consumerTag) {
      super.handleConsumeOk(consumerTag);
      reached.countDown();
    }
  }

  private final class Reader extends DefaultConsumer {
    private final Runnable cancelled;

    Reader(Channel channel, Runnable cancelled) {
      super(channel);
      this.cancelled = cancelled;
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, BasicProperties properties, byte[] body) throws IOException {
      handler.accept(new Delivery(envelope, properties, body));
      long count = seen + 1;
      if (count % ACKNOWLEDGE_EVERY == 0) {
        // Before it is counted: what the acknowledgement brings is then ahead of the next barrier.
        getChannel().basicAck(envelope.getDeliveryTag(), true);
      }
      seen = count;
      firstSeen.countDown();
    }

    @Override
    public void handleCancel(String consumerTag) {
      cancelled.run();
    }
  }
}
