package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Failure;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A dead letter for a message that is no task: body and readable properties as they came, and the
 * reason.
 */
public final class RawLetter {
  private static final int PERSISTENT = 2;

  private RawLetter() {}

  /** The properties of the letter. */
  public static BasicProperties of(BasicProperties came, Failure failure, Instant at) {
    Map<String, Object> headers = new HashMap<>();
    if (came.getHeaders() != null) {
      came.getHeaders()
          .forEach(
              (name, value) -> {
                if (!name.startsWith("x-")
                    && !name.equals("CC")
                    && !name.equals("BCC")
                    && Fields.isScalar(value)) {
                  headers.put(name, value);
                }
              });
    }
    if (WireLimits.sizeOf(headers) > WireLimits.MAX_HEADER_BYTES / 2) {
      headers.clear();
    }
    headers.put(Headers.DEAD_REASON, AttemptState.shortened(failure.type()));
    headers.put(Headers.LAST_ERROR, AttemptState.shortened(failure.message()));
    headers.put(Headers.DEAD_AT, at.toEpochMilli());
    if (came.getUserId() != null) {
      headers.put(Headers.SUBMITTER, came.getUserId());
    }
    String id = came.getMessageId();
    return new BasicProperties.Builder()
        .contentType(came.getContentType())
        .contentEncoding(came.getContentEncoding())
        .deliveryMode(PERSISTENT)
        .type(came.getType())
        .messageId(id == null ? UUID.randomUUID().toString() : id)
        .correlationId(came.getCorrelationId())
        .replyTo(came.getReplyTo())
        .timestamp(came.getTimestamp())
        .appId(came.getAppId())
        .headers(headers)
        .build();
  }
}
