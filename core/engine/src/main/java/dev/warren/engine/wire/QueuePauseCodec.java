package dev.warren.engine.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/**
 * Writes and reads the entries of {@code warren.cancellations} that pause and resume queues. A
 * reader that does not know them finds neither a task nor a batch in them and passes them over.
 */
public final class QueuePauseCodec {
  /** The {@code type} property of an entry. */
  public static final String TYPE = "warren.pause";

  private static final int PERSISTENT = 2;

  private QueuePauseCodec() {}

  /** The body. */
  public static JsonText write(QueuePause pause) {
    ObjectNode node = JsonCodec.json().createObjectNode();
    node.put("queue", pause.queue());
    node.put("paused", pause.paused());
    node.put("at", pause.at().toEpochMilli());
    if (!pause.by().isEmpty()) {
      node.put("by", pause.by());
    }
    return JsonCodec.write(node, "a pause");
  }

  /** The properties of its message. */
  public static BasicProperties properties(QueuePause pause, String appId) {
    return new BasicProperties.Builder()
        .contentType(TaskWriter.JSON)
        .type(TYPE)
        .messageId(UUID.randomUUID().toString())
        .timestamp(Date.from(pause.at()))
        .appId(appId)
        .deliveryMode(PERSISTENT)
        .build();
  }

  /**
   * Reads a body.
   *
   * @param unknownTime when it was asked for, if it does not say so
   * @throws CodecException if it does not say which queue, or whether it is paused
   */
  public static QueuePause read(JsonText body, Instant unknownTime) {
    JsonNode node = JsonCodec.tree(body, "a pause");
    if (!node.path("queue").isTextual() || !node.path("paused").isBoolean()) {
      throw new CodecException("a pause needs a 'queue' and whether it is 'paused'");
    }
    try {
      return new QueuePause(
          node.path("queue").asText(),
          node.path("paused").asBoolean(),
          node.path("at").isIntegralNumber()
              ? Instant.ofEpochMilli(node.path("at").asLong())
              : unknownTime,
          node.path("by").asText(""));
    } catch (IllegalArgumentException | WarrenException unfit) {
      throw new CodecException("a pause cannot be read: " + unfit.getMessage(), unfit);
    }
  }
}
