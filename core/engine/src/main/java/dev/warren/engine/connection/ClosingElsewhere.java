package dev.warren.engine.connection;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import java.util.concurrent.ThreadFactory;

/**
 * Closes the channel of a consumer that throws, as the client library does, but on a thread of its
 * own: closing waits for the broker's answer, which the thread that called the consumer has to
 * read. Without a thread to be had the connection ends, and its opener opens another.
 */
final class ClosingElsewhere extends DefaultExceptionHandler {
  private final ThreadFactory threads;

  ClosingElsewhere(ThreadFactory threads) {
    this.threads = threads;
  }

  @Override
  protected void handleChannelKiller(
      Channel channel, Throwable exception, String what, String closeMessage) {
    threads
        .newThread(() -> super.handleChannelKiller(channel, exception, what, closeMessage))
        .start();
  }
}
