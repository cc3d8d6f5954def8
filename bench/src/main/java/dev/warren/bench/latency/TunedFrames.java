package dev.warren.bench.latency;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.SocketFrameHandler;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose user decides when it is flushed, and is told before its reader would block: what
 * was read until then can be answered together, by the thread that has read it.
 */
final class TunedFrames extends SocketFrameHandler {
  private static final int BUFFER = 64 * 1024;
  private static final int LARGEST_FRAME = 1 << 20;

  private final DataInputStream input;
  private volatile boolean own;
  private volatile @Nullable Idle whenIdle;

  /** What is done before the reader would block. */
  @FunctionalInterface
  interface Idle {
    void idle() throws IOException;
  }

  TunedFrames(Socket socket) throws IOException {
    super(socket);
    input = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
  }

  void whenIdle(Idle idle) {
    whenIdle = idle;
  }

  /** From now on nothing is flushed but by {@link #flushNow}, until {@link #flushAlways}. */
  void flushOnDemand() {
    own = true;
  }

  void flushAlways() {
    own = false;
  }

  void flushNow() throws IOException {
    super.flush(null);
  }

  /** Or an idle connection would keep its heartbeats to itself, and the broker end it. */
  @Override
  public void writeFrame(Frame frame) throws IOException {
    super.writeFrame(frame);
    if (frame.getType() == AMQP.FRAME_HEARTBEAT) {
      flushNow();
    }
  }

  @Override
  public void flush(@Nullable WriteListener listener) throws IOException {
    if (!own || listener != null) {
      super.flush(listener);
    }
  }

  @Override
  public Frame readFrame() throws IOException {
    Idle idle = whenIdle;
    if (idle != null && input.available() == 0) {
      idle.idle();
    }
    return Frame.readFrom(input, () -> LARGEST_FRAME);
  }
}
