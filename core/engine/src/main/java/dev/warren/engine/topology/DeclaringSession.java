package dev.warren.engine.topology;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short-lived connection on which commands may be refused: a refusal costs the channel, sometimes
 * the connection, and the next command gets a new one. Used by one thread.
 */
final class DeclaringSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeclaringSession.class);

  /** One command. */
  @FunctionalInterface
  interface Command {
    void on(Channel channel) throws IOException;
  }

  private final Connections connections;
  private @Nullable Connection connection;
  private @Nullable Channel channel;

  DeclaringSession(Connections connections) {
    this.connections = connections;
  }

  /** Runs the command; answers the refusal, if the broker refused it. */
  Optional<BrokerRefusal> attempt(Command command) {
    try {
      command.on(channel());
      return Optional.empty();
    } catch (IOException | ShutdownSignalException failure) {
      Optional<BrokerRefusal> refusal = BrokerRefusal.in(failure);
      if (refusal.isEmpty()) {
        throw lost(failure);
      }
      return refusal;
    }
  }

  private Channel channel() throws IOException {
    if (connection == null || !connection.isOpen()) {
      connection = connections.open("topology");
      channel = null;
    }
    if (channel == null || !channel.isOpen()) {
      channel = connection.createChannel();
      if (channel == null) {
        throw new IOException("no channel is free");
      }
    }
    return channel;
  }

  private BrokerUnreachableException lost(Exception failure) {
    return new BrokerUnreachableException(
        "the connection to the broker at "
            + connections.settings().address()
            + " was lost while looking after the topology; try again",
        failure);
  }

  @Override
  public void close() {
    if (connection == null || !connection.isOpen()) {
      return;
    }
    try {
      connection.close();
    } catch (IOException | ShutdownSignalException alreadyGone) {
      LOG.debug("the topology connection ended before it was closed", alreadyGone);
    }
  }
}
