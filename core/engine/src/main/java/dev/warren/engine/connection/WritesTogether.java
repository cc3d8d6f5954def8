package dev.warren.engine.connection;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.AMQConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Lets what the calling thread writes to a connection leave together, in as few system calls and
 * packets as possible, where the client library alone would flush after each command. Between
 * {@link #on} and {@link #close} the thread must not wait for an answer of the broker, which may
 * not have got the question yet.
 */
public final class WritesTogether implements AutoCloseable {
  private final @Nullable AMQConnection connection;
  private final @Nullable BatchingFrames frames;

  private WritesTogether(@Nullable AMQConnection connection, @Nullable BatchingFrames frames) {
    this.connection = connection;
    this.frames = frames;
  }

  /** Begins to hold back; has no effect on a connection that {@link Connections} did not open. */
  public static WritesTogether on(Connection connection) {
    if (connection instanceof AMQConnection amqp
        && amqp.getFrameHandler() instanceof BatchingFrames frames) {
      frames.hold();
      return new WritesTogether(amqp, frames);
    }
    return new WritesTogether(null, null);
  }

  /** Sends what was held back. */
  @Override
  public void close() throws IOException {
    if (connection != null && frames != null) {
      frames.release();
      connection.flush();
    }
  }
}
