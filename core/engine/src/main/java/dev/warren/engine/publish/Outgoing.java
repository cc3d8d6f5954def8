package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.WireTask;
import java.util.Objects;

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
  public Outgoing {
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(routingKey, "routingKey");
    if (mandatory && properties.getMessageId() == null) {
      throw new IllegalArgumentException("a mandatory message needs an id to recognise its return");
    }
  }

  /** A task on its way to a queue: mandatory. */
  public static Outgoing task(String exchange, String routingKey, WireTask task) {
    return new Outgoing(exchange, routingKey, task.properties(), task.body(), true);
  }
}
