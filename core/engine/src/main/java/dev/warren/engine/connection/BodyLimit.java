package dev.warren.engine.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.Frame;
import dev.warren.engine.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what the broker delivers at {@link WireLimits#MAX_RECEIVED_BYTES}. RabbitMQ before 4.0 takes
 * messages of up to 128 MiB and more; the client library ends the connection at 64 MiB, again at
 * each redelivery, and a few smaller ones fill a worker's memory. What Warren writes is far
 * smaller, so what is cut is no task, and is buried by its beginning.
 *
 * <p>AMQP 0-9-1 §4.2.6: a content header frame holds class id and weight (2 bytes each) and the
 * body's size (8 bytes); the body follows in frames of its own. Used by the thread that reads a
 * connection's frames only.
 */
final class BodyLimit {
  private static final int SIZE_AT = 4;

  /** By channel: how much of a body that is too large is still to come. */
  private final Map<Integer, Rest> rests = new HashMap<>();

  private record Rest(long coming, long kept) {}

  /** The frame as the client is to see it; null if it is not to see it. */
  @Nullable Frame admit(Frame frame) {
    return switch (frame.getType()) {
      case AMQP.FRAME_HEADER -> header(frame);
      case AMQP.FRAME_BODY -> body(frame);
      default -> frame;
    };
  }

  private Frame header(Frame frame) {
    byte[] header = frame.getPayload();
    ByteBuffer fields = ByteBuffer.wrap(header);
    long size = fields.getLong(SIZE_AT);
    if (size <= WireLimits.MAX_RECEIVED_BYTES) {
      // A channel that ended amid a body may have left its rest to another of the same number.
      rests.remove(frame.getChannel());
      return frame;
    }
    rests.put(frame.getChannel(), new Rest(size, WireLimits.MAX_RECEIVED_BYTES));
    fields.putLong(SIZE_AT, WireLimits.MAX_RECEIVED_BYTES);
    return new Frame(frame.getType(), frame.getChannel(), header);
  }

  private @Nullable Frame body(Frame frame) {
    Rest rest = rests.get(frame.getChannel());
    if (rest == null) {
      return frame;
    }
    byte[] part = frame.getPayload();
    int kept = (int) Math.min(part.length, rest.kept());
    if (rest.coming() == part.length) {
      rests.remove(frame.getChannel());
    } else {
      rests.put(frame.getChannel(), new Rest(rest.coming() - part.length, rest.kept() - kept));
    }
    return kept == 0
        ? null
        : new Frame(frame.getType(), frame.getChannel(), Arrays.copyOf(part, kept));
  }
}
