package dev.warren.engine.delivery;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.engine.connection.Connections;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one connection on which all queues of a process are consumed: opened by whoever needs it
 * first, and again after a loss. Safe for concurrent use.
 */
final class ConsumeConnection implements AutoCloseable {
  private static final int CLOSE_LIMIT_MILLIS = Math.toIntExact(Duration.ofSeconds(5).toMillis());

  private final Connections connections;
  private final java.util.function.Consumer<Connection> whenOpened;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable Connection connection;

  ConsumeConnection(Connections connections) {
    this(connections, opened -> {});
  }

  /**
   * @param whenOpened is told of each connection
   */
  ConsumeConnection(Connections connections, java.util.function.Consumer<Connection> whenOpened) {
    this.connections = connections;
    this.whenOpened = whenOpened;
  }

  Channel channel() {
    lock.lock();
    try {
      if (connection == null || !connection.isOpen()) {
        connection = connections.openForReading("consume");
        whenOpened.accept(connection);
      }
      return connection.createChannel();
    } catch (IOException lost) {
      throw new BrokerUnreachableException(
          "connection lost while a channel was opened: " + lost, lost);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (connection != null) {
        connection.close(CLOSE_LIMIT_MILLIS);
      }
    } catch (IOException | com.rabbitmq.client.ShutdownSignalException gone) {
      if (connection != null) {
        connection.abort();
      }
    } finally {
      lock.unlock();
    }
  }
}
