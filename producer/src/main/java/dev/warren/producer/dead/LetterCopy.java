package dev.warren.producer.dead;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.wire.TaskWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A message once more, with all that it says of itself. What the broker wrote on it stays behind,
 * as with every copy.
 */
final class LetterCopy {
  private static final int PERSISTENT = 2;

  private LetterCopy() {}

  static BasicProperties same(BasicProperties came) {
    return copy(came).build();
  }

  /** With a body that is plain JSON. */
  static BasicProperties withJson(BasicProperties came) {
    return copy(came).contentType(TaskWriter.JSON).contentEncoding("utf-8").build();
  }

  private static BasicProperties.Builder copy(BasicProperties came) {
    String id = came.getMessageId();
    Map<String, Object> headers = new HashMap<>();
    if (came.getHeaders() != null) {
      headers.putAll(came.getHeaders());
      headers
          .keySet()
          .removeIf(name -> name.startsWith("x-") || name.equals("CC") || name.equals("BCC"));
    }
    return came.builder()
        .deliveryMode(PERSISTENT)
        .userId(null)
        .expiration(null)
        .messageId(id == null ? UUID.randomUUID().toString() : id)
        .headers(headers);
  }
}
