package dev.warren.engine.connection;

import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import com.rabbitmq.client.impl.SocketFrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The client library's frame handler, but for bodies beyond {@link BodyLimit}, and for the flush
 * after each command: a thread that has more to write can have its own put off (see {@link
 * WritesTogether}). Flushes of all others happen at once, so heartbeats and closing are as ever.
 */
final class BatchingFrames implements FrameHandler {
  /**
   * RabbitMQ adds headers to a message at each redelivery and dead-lettering, and does not look
   * whether its header frame is still within the limit agreed upon (seen on 3.10.8). The client
   * library ends the connection then, again at each redelivery.
   */
  private static final int ADDED_BY_BROKER = 128 * 1024;

  private final FrameHandler frames;
  private final @Nullable FrameReader reader;
  private final BodyLimit bodies = new BodyLimit();

  /** The greeting and its answers are left to the library. */
  private volatile boolean negotiated;

  /** Whose flushes are put off; a second holder takes the place of the first. */
  private volatile @Nullable Thread holder;

  BatchingFrames(FrameHandler frames) {
    this.frames = frames;
    this.reader =
        frames instanceof SocketFrameHandler socket
            ? new FrameReader(socket.getInputStream())
            : null;
  }

  void hold() {
    holder = Thread.currentThread();
  }

  /** The caller flushes afterwards. */
  void release() {
    holder = null;
  }

  @Override
  public void flush(@Nullable WriteListener listener) throws IOException {
    if (listener != null || !Thread.currentThread().equals(holder)) {
      frames.flush(listener);
    }
  }

  @Override
  public void writeFrame(Frame frame) throws IOException {
    frames.writeFrame(frame);
  }

  @Override
  public @Nullable Frame readFrame() throws IOException {
    Frame frame = next();
    while (frame != null) {
      Frame admitted = bodies.admit(frame);
      if (admitted != null) {
        return admitted;
      }
      frame = next();
    }
    return null;
  }

  private @Nullable Frame next() throws IOException {
    FrameReader own = reader;
    return own == null || !negotiated ? frames.readFrame() : own.next();
  }

  @Override
  public boolean internalHearbeat() {
    return frames.internalHearbeat();
  }

  @Override
  public void setTimeout(int millis) throws SocketException {
    frames.setTimeout(millis);
  }

  @Override
  public int getTimeout() throws SocketException {
    return frames.getTimeout();
  }

  @Override
  public void sendHeader() throws IOException {
    frames.sendHeader();
  }

  @Override
  public void initialize(AMQConnection connection) {
    frames.initialize(connection);
  }

  @Override
  public void startProcessing() {
    frames.startProcessing();
  }

  @Override
  public void finishConnectionNegotiation() {
    frames.finishConnectionNegotiation();
    negotiated = true;
  }

  @Override
  public void setFrameMax(int bytes) {
    // Zero is no limit. It holds for what is read; the connection itself minds what it writes.
    int most = bytes == 0 ? 0 : bytes + ADDED_BY_BROKER;
    frames.setFrameMax(most);
    if (reader != null) {
      reader.limit(most);
    }
  }

  @Override
  public void close() {
    frames.close();
  }

  @Override
  public InetAddress getLocalAddress() {
    return frames.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return frames.getLocalPort();
  }

  @Override
  public InetAddress getAddress() {
    return frames.getAddress();
  }

  @Override
  public int getPort() {
    return frames.getPort();
  }
}
