package dev.warren.engine.connection;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Consumer;
import java.io.IOException;

/**
 * What a channel has acknowledged and its quorum queue may not have yet. While more than some 30
 * commands are under way to the queue, the broker's channel keeps further ones back, and forgets
 * them when it is closed, by handshake or not (seen on RabbitMQ 3.10).
 */
public final class AcknowledgementsUnderWay {
  /** Commands of a consumer to wait for after the last acknowledgement. */
  private static final int ROUNDS = 3;

  private AcknowledgementsUnderWay() {}

  /**
   * Waits until the queue has all acknowledgements of a channel, which can then be closed. The
   * answer to a command of a consumer comes after what was under way before, and makes the broker's
   * channel send the rest. Leaves the channel with a prefetch of 1.
   *
   * @param rounds such commands that were answered since the last acknowledgement
   * @param consumer gets at most one message for each command that is missing
   */
  public static void await(Channel channel, String queue, int rounds, Consumer consumer)
      throws IOException {
    channel.basicQos(1);
    for (int round = rounds; round < ROUNDS; round++) {
      channel.basicCancel(channel.basicConsume(queue, false, consumer));
    }
  }
}
