package dev.warren.engine.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/** Writes and reads entries of {@code warren.cancellations}. Unknown fields are ignored. */
public final class CancellationCodec {
  /** The {@code type} property of an entry. */
  public static final String TYPE = "warren.cancellation";

  private static final int PERSISTENT = 2;

  private CancellationCodec() {}

  /** The body. */
  public static JsonText write(Cancellation cancellation) {
    ObjectNode node = JsonCodec.json().createObjectNode();
    switch (cancellation) {
      case Cancellation.OfTask(TaskId task, int generation, Instant at, String by) -> {
        node.put("task", task.toString());
        if (generation != Cancellation.EVERY_GENERATION) {
          node.put("generation", generation);
        }
      }
      case Cancellation.OfBatch(String batch, Instant at, String by) -> node.put("batch", batch);
    }
    node.put("at", cancellation.at().toEpochMilli());
    if (!cancellation.by().isEmpty()) {
      node.put("by", cancellation.by());
    }
    return JsonCodec.write(node, "a cancellation");
  }

  /** The properties of its message. */
  public static BasicProperties properties(Cancellation cancellation, String appId) {
    return new BasicProperties.Builder()
        .contentType(TaskWriter.JSON)
        .type(TYPE)
        .messageId(UUID.randomUUID().toString())
        .timestamp(Date.from(cancellation.at()))
        .appId(appId)
        .deliveryMode(PERSISTENT)
        .build();
  }

  /**
   * Reads a body.
   *
   * @param unknownTime when it was asked for, if it does not say so
   * @throws CodecException if it names neither a task nor a batch
   */
  public static Cancellation read(JsonText body, Instant unknownTime) {
    JsonNode node = JsonCodec.tree(body, "a cancellation");
    Instant at =
        node.path("at").isIntegralNumber()
            ? Instant.ofEpochMilli(node.path("at").asLong())
            : unknownTime;
    String by = node.path("by").asText("");
    try {
      if (node.path("task").isTextual()) {
        return new Cancellation.OfTask(
            TaskId.of(node.path("task").asText()),
            node.path("generation").asInt(Cancellation.EVERY_GENERATION),
            at,
            by);
      }
      if (node.path("batch").isTextual()) {
        return new Cancellation.OfBatch(node.path("batch").asText(), at, by);
      }
    } catch (IllegalArgumentException | WarrenException unfit) {
      throw new CodecException("a cancellation cannot be read: " + unfit.getMessage(), unfit);
    }
    throw new CodecException("a cancellation names neither a 'task' nor a 'batch'");
  }
}
