package dev.warren.producer;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.engine.codec.JsonText;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Hands deliveries from the AMQP client's thread to the owner of the channel, which takes all that
 * wait at once. Bounded by the channel's prefetch. Nothing in it blocks: it is called by the thread
 * that reads the connection.
 */
final class Inbox extends DefaultConsumer {
  /** A delivery. */
  record Message(long tag, JsonText body) {}

  private static final Message WAKE = new Message(-1, JsonText.NULL);

  private final LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private volatile boolean over;

  Inbox(Channel channel) {
    super(channel);
  }

  /**
   * Waits for deliveries and moves all there are to {@code batch}; false when the inbox is over.
   * What is left in it then goes back to the queue with the channel.
   */
  boolean takeAll(List<Message> batch) throws InterruptedException {
    batch.add(messages.take());
    messages.drainTo(batch);
    return !over;
  }

  /** Ends the inbox from any thread. */
  void end() {
    over = true;
    messages.add(WAKE);
  }

  @Override
  public void handleDelivery(
      String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
    messages.add(new Message(envelope.getDeliveryTag(), JsonText.wrap(body)));
  }

  /** The broker took the consumer away: the queue is gone. */
  @Override
  public void handleCancel(String consumerTag) {
    end();
  }

  @Override
  public void handleShutdownSignal(String consumerTag, ShutdownSignalException signal) {
    end();
  }
}
