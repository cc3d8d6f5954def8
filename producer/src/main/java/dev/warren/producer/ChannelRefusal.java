package dev.warren.producer;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;

/** Reads why the broker refused a command by closing its channel. */
final class ChannelRefusal {
  private ChannelRefusal() {}

  /** The reply code, or 0 if the failure is something else. */
  static int code(IOException failure) {
    return failure.getCause() instanceof ShutdownSignalException signal
            && signal.getReason() instanceof AMQP.Channel.Close close
        ? close.getReplyCode()
        : 0;
  }
}
