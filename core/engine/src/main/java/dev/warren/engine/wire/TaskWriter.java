package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.api.TaskRefusedException;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes tasks as AMQP messages. Copies of a delivered task are written anew from what Warren read:
 * {@code user_id}, {@code expiration}, CC, BCC and every {@code x-*} header of the broker stay
 * behind (a stale {@code x-death} makes RabbitMQ 3.10 drop the message at its next dead-lettering).
 */
public final class TaskWriter {
  public static final String JSON = "application/json";
  private static final int PERSISTENT = 2;

  private final String appId;

  /** A writer that names the program as {@code app_id}. */
  public TaskWriter(String appId) {
    this.appId = appId;
  }

  /**
   * Writes one task.
   *
   * @throws TaskRefusedException if it is larger than the wire contract allows
   */
  public WireTask write(TaskMessage task) {
    return write(task, headers(task));
  }

  /** Writes a dead letter: the task with the reason of its death. */
  public WireTask writeDead(TaskMessage task, Failure failure, Instant at) {
    Map<String, Object> headers = headers(task);
    // The state says which attempt comes next or was the last; the reason is the last error itself.
    headers.put(Headers.LAST_ERROR, AttemptState.shortened(failure.toString()));
    headers.put(Headers.DEAD_REASON, AttemptState.shortened(failure.type()));
    headers.put(Headers.DEAD_AT, at.toEpochMilli());
    if (!failure.stack().isEmpty()) {
      headers.put(Headers.DEAD_STACK, failure.stack());
    }
    return write(task, headers);
  }

  private WireTask write(TaskMessage task, Map<String, Object> headers) {
    tell(task.state().story(), headers);
    WireLimits.check(task, headers);
    TaskId root = task.lineage().root();
    // The broker pays for each property and header of each message: none that goes without saying.
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType(JSON)
            .deliveryMode(PERSISTENT)
            .priority(task.terms().priority().level())
            .type(task.type())
            .messageId(task.id().toString())
            .correlationId(root.equals(task.id()) ? null : root.toString())
            .replyTo(task.lineage().reply())
            .timestamp(Date.from(task.enqueuedAt()))
            .appId(appId)
            .headers(headers.isEmpty() ? null : headers)
            .build();
    return new WireTask(properties, task.arguments());
  }

  /** The story gives way to all else that the message carries. */
  private static void tell(Story story, Map<String, Object> headers) {
    if (story.json().isEmpty()) {
      return;
    }
    int taken = WireLimits.sizeOf(headers) + WireLimits.sizeOf(Map.of(Headers.STORY, ""));
    Story told = story.within(WireLimits.MAX_HEADER_BYTES - taken);
    if (!told.json().isEmpty()) {
      headers.put(Headers.STORY, told.json());
    }
  }

  private static Map<String, Object> headers(TaskMessage task) {
    Map<String, Object> headers = new HashMap<>(task.others());
    AttemptState state = task.state();
    if (state.generation() > 1) {
      headers.put(Headers.GENERATION, state.generation());
    }
    if (state.attempt() > 1) {
      headers.put(Headers.ATTEMPT, state.attempt());
    }
    putTime(headers, Headers.FIRST_ATTEMPT_AT, state.firstAttemptAt());
    put(headers, Headers.LAST_ERROR, state.lastError());
    TaskTerms terms = task.terms();
    put(headers, Headers.MAX_ATTEMPTS, terms.maxAttempts());
    put(headers, Headers.BACK_OFF, terms.backOff());
    if (terms.timeLimit() != null) {
      headers.put(Headers.TIME_LIMIT, terms.timeLimit().toMillis());
    }
    putTime(headers, Headers.DUE_AT, terms.dueAt());
    putTime(headers, Headers.EXPIRES_AT, terms.expiresAt());
    Lineage lineage = task.lineage();
    if (lineage.parent() != null) {
      headers.put(Headers.PARENT, lineage.parent().toString());
    }
    put(headers, Headers.BATCH, lineage.batch());
    put(headers, Headers.BATCH_INDEX, lineage.batchIndex());
    return headers;
  }

  private static void put(Map<String, Object> headers, String name, @Nullable Object value) {
    if (value != null) {
      headers.put(name, value);
    }
  }

  private static void putTime(Map<String, Object> headers, String name, @Nullable Instant value) {
    if (value != null) {
      headers.put(name, value.toEpochMilli());
    }
  }
}
