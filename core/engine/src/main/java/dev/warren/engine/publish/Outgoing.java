package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.WireTask;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message to publish.
 *
 * @param mandatory whether the broker returns it when no queue takes it; a return is a failure
 */
public record Outgoing(
    String exchange,
    String routingKey,
    BasicProperties properties,
    JsonText body,
    boolean mandatory) {
  /** Frames, the exchange, properties that are no headers. */
  private static final int FIXED_PARTS = 200;

  private static final int LARGE = 1 << 20;

  public Outgoing {
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(routingKey, "routingKey");
    if (mandatory && properties.getMessageId() == null) {
      throw new IllegalArgumentException("a mandatory message needs an id to recognise its return");
    }
  }

  /** About how many bytes it has on the way to the broker. */
  int size() {
    int size = FIXED_PARTS + routingKey.length() + body.size();
    Map<String, Object> headers = properties.getHeaders();
    if (headers != null) {
      for (Map.Entry<String, Object> header : headers.entrySet()) {
        // Other values than texts are numbers; whatever else has a size may be large.
        size += header.getKey().length() + size(header.getValue());
      }
    }
    return size;
  }

  private static int size(@Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case CharSequence text -> text.length();
      case Number number -> Long.BYTES;
      case Boolean truth -> 1;
      default -> LARGE;
    };
  }

  /** A task on its way to a queue: mandatory. */
  public static Outgoing task(String exchange, String routingKey, WireTask task) {
    return new Outgoing(exchange, routingKey, task.properties(), task.body(), true);
  }
}
