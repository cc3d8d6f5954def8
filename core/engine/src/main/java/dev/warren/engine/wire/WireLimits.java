package dev.warren.engine.wire;

import com.rabbitmq.client.LongString;
import dev.warren.api.TaskRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a message may weigh. */
public final class WireLimits {
  /** Arguments and results. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /**
   * All headers together. Above 131,072 bytes, after the broker has added its own, the AMQP
   * client's connection dies at each delivery; ours stay far below.
   */
  public static final int MAX_HEADER_BYTES = 32 * 1024;

  /**
   * More than any message of Warren: what is larger was written by a stranger, and is cut when it
   * is received.
   */
  public static final int MAX_RECEIVED_BYTES = 8 << 20;

  /**
   * So large a message of several events may become: a frame of the size that RabbitMQ and its
   * client agree on, 131,072 bytes of which 8 are not the body's.
   */
  public static final int EVENT_FLUSH_BYTES = 131_072 - 8;

  private WireLimits() {}

  /** Throws {@link TaskRefusedException} if the message is too large to be sent. */
  static void check(TaskMessage task, @Nullable Map<String, Object> headers) {
    if (task.arguments().size() > MAX_BODY_BYTES) {
      throw new TaskRefusedException(
          TaskRefusedException.Reason.TOO_LARGE,
          "arguments of task "
              + task.id()
              + " ("
              + task.type()
              + ") take "
              + task.arguments().size()
              + " bytes; at most "
              + MAX_BODY_BYTES
              + " fit in a message: store the data elsewhere and send its address");
    }
    int size = headers == null ? 0 : sizeOf(headers);
    if (size > MAX_HEADER_BYTES) {
      throw new TaskRefusedException(
          TaskRefusedException.Reason.TOO_LARGE,
          "headers of task "
              + task.id()
              + " ("
              + task.type()
              + ") take "
              + size
              + " bytes; at most "
              + MAX_HEADER_BYTES
              + " are allowed");
    }
  }

  /** About the encoded size of a header table: name, type byte and value. */
  static int sizeOf(Map<String, Object> headers) {
    int size = 4;
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      size += 2 + bytes(header.getKey()) + sizeOf(header.getValue());
    }
    return size;
  }

  private static int sizeOf(Object value) {
    if (value instanceof LongString text) {
      // What the AMQP client read.
      return 4 + Math.toIntExact(text.length());
    }
    return value instanceof CharSequence text ? 4 + bytes(text) : 9;
  }

  private static int bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
