package dev.warren.engine.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.impl.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts frames (AMQP 0-9-1, 2.3.5) out of what a connection brings, many from one read, where the
 * client library asks its stream for each field. For the thread that reads.
 */
final class FrameReader {
  private static final int BUFFER = 64 * 1024;

  /**
   * A buffer that has grown is kept up to this size, which has room for the largest frame of a
   * broker as it comes: where one is large, so are others.
   */
  private static final int KEPT = 256 * 1024;

  /** Type, channel and size; after the payload comes one byte more. */
  private static final int HEADER = 7;

  /**
   * More than any broker sends in a frame where no limit was agreed upon: memory is not for the
   * asking.
   */
  private static final int UNAGREED = 16 << 20;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER];
  private int begin;
  private int end;

  /** Bytes of a frame at most; 0 if none are agreed upon. Set by the thread that connects. */
  private volatile int limit;

  FrameReader(InputStream in) {
    this.in = in;
  }

  void limit(int bytes) {
    limit = bytes;
  }

  /**
   * The next frame; null if the socket's time limit passes first, and what has come of the frame is
   * kept.
   */
  @Nullable Frame next() throws IOException {
    if (!has(HEADER)) {
      return null;
    }
    int size = number(begin + 3);
    int most = limit > 0 ? limit : UNAGREED;
    if (size < 0 || size > most) {
      throw new MalformedFrameException(
          "a frame of " + size + " bytes came; at most " + most + " are taken");
    }
    if (!has(HEADER + size + 1)) {
      return null;
    }
    int type = buffer[begin] & 0xff;
    int channel = (buffer[begin + 1] & 0xff) << 8 | (buffer[begin + 2] & 0xff);
    int payload = begin + HEADER;
    int marker = buffer[payload + size] & 0xff;
    if (marker != AMQP.FRAME_END) {
      throw new MalformedFrameException("a frame ends with " + marker + ", not with its mark");
    }
    begin = payload + size + 1;
    return new Frame(type, channel, Arrays.copyOfRange(buffer, payload, payload + size));
  }

  private int number(int at) {
    return (buffer[at] & 0xff) << 24
        | (buffer[at + 1] & 0xff) << 16
        | (buffer[at + 2] & 0xff) << 8
        | (buffer[at + 3] & 0xff);
  }

  /** Reads until so many bytes are there; false if the time limit passes first. */
  private boolean has(int bytes) throws IOException {
    while (end - begin < bytes) {
      if (begin == end) {
        begin = 0;
        end = 0;
        if (buffer.length > KEPT && bytes <= KEPT) {
          buffer = new byte[BUFFER];
        }
      }
      if (buffer.length - begin < bytes) {
        byte[] room = bytes > buffer.length ? new byte[bytes] : buffer;
        System.arraycopy(buffer, begin, room, 0, end - begin);
        buffer = room;
        end -= begin;
        begin = 0;
      }
      try {
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
          throw new EOFException("the broker has closed the connection");
        }
        end += read;
      } catch (SocketTimeoutException nothing) {
        return false;
      }
    }
    return true;
  }
}
