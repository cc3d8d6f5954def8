package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.api.Priority;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads AMQP messages as tasks. A tolerant reader: what it does not know is kept and ignored, and a
 * message with only a {@code type} and a JSON body is a task.
 */
public final class TaskReader {
  /** The newest version of the wire contract that this program understands. */
  public static final int VERSION = 1;

  private final Clock clock;

  public TaskReader(Clock clock) {
    this.clock = clock;
  }

  /** Whether the message is a chunk of many tasks. */
  public static boolean isChunk(BasicProperties properties) {
    String contentType = properties.getContentType();
    return contentType != null && ChunkCodec.CONTENT_TYPE.equals(mediaType(contentType));
  }

  /**
   * The version of the contract that the message was written for.
   *
   * @throws CodecException if the header is no number
   */
  public static int version(BasicProperties properties) {
    return Fields.of(properties).integer(Headers.VERSION, 1);
  }

  /**
   * Reads the tasks of a message that came from a work queue: one, or those of a chunk.
   *
   * @throws CodecException if it is no task; the message says why
   */
  public List<TaskMessage> read(String queue, BasicProperties properties, byte[] body) {
    TaskMessage task = readOne(queue, properties, unpacked(properties, body));
    return isChunk(properties) ? ChunkReader.read(task) : List.of(task);
  }

  private TaskMessage readOne(String queue, BasicProperties properties, byte[] body) {
    Fields fields = Fields.of(properties);
    String type = properties.getType();
    if (type == null) {
      throw new CodecException("the message has no 'type' property: expected the task type's name");
    }
    String contentType = properties.getContentType();
    if (contentType != null && !isJson(mediaType(contentType))) {
      throw new CodecException(
          "the body's content type is '%s': expected %s".formatted(contentType, TaskWriter.JSON));
    }
    int longest = longestBody(properties);
    if (body.length > longest) {
      String size =
          body.length < WireLimits.MAX_RECEIVED_BYTES
              ? body.length + " bytes"
              : body.length + " bytes or more, the rest of which was not kept";
      throw new CodecException("the body takes " + size + "; at most " + longest);
    }
    String messageId = properties.getMessageId();
    TaskId id = messageId == null ? TaskId.next() : TaskId.of(messageId);
    JsonText arguments = JsonText.wrap(body);
    if (!isChunk(properties)) {
      JsonCodec.requireJson(arguments, new PartOfTask("the body", id));
    }
    Instant enqueued =
        properties.getTimestamp() == null ? clock.instant() : properties.getTimestamp().toInstant();
    Map<String, Object> others = others(properties);
    try {
      return new TaskMessage(
          id,
          type,
          queue,
          arguments,
          state(fields),
          terms(fields, properties),
          lineage(fields, properties, id),
          enqueued,
          others);
    } catch (IllegalArgumentException | dev.warren.api.ConfigurationException malformed) {
      throw new CodecException(
          "task " + id + " is malformed: " + malformed.getMessage(), malformed);
    }
  }

  private static AttemptState state(Fields fields) {
    String story = fields.anyText(Headers.STORY);
    return new AttemptState(
        fields.integer(Headers.GENERATION, 1),
        fields.integer(Headers.ATTEMPT, 1),
        fields.time(Headers.FIRST_ATTEMPT_AT),
        fields.text(Headers.LAST_ERROR),
        story == null ? Story.EMPTY : Story.read(story));
  }

  private static TaskTerms terms(Fields fields, BasicProperties properties) {
    Long limit = fields.number(Headers.TIME_LIMIT);
    return new TaskTerms(
        properties.getPriority() == null
            ? Priority.NORMAL
            : Priority.nearest(properties.getPriority()),
        fields.integer(Headers.MAX_ATTEMPTS),
        fields.text(Headers.BACK_OFF),
        limit == null ? null : Duration.ofMillis(limit),
        fields.time(Headers.DUE_AT),
        fields.time(Headers.EXPIRES_AT));
  }

  private static Lineage lineage(Fields fields, BasicProperties properties, TaskId id) {
    String root = properties.getCorrelationId();
    String parent = fields.text(Headers.PARENT);
    return new Lineage(
        root == null ? id : TaskId.of(root),
        parent == null ? null : TaskId.of(parent),
        fields.text(Headers.BATCH, Cancellation.LONGEST_BATCH),
        fields.number(Headers.BATCH_INDEX),
        reply(properties));
  }

  /** Who waits; the property is used by others, too, and what they write there is no token. */
  private static @Nullable String reply(BasicProperties properties) {
    String reply = properties.getReplyTo();
    return reply != null && RoutingKeys.isReply(reply) ? reply : null;
  }

  /** Headers for others than us and the broker: copies carry them on. */
  private static Map<String, Object> others(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    if (properties.getUserId() == null && (headers == null || headers.isEmpty())) {
      return Map.of();
    }
    Map<String, Object> others = new HashMap<>();
    if (headers != null) {
      headers.forEach(
          (name, value) -> {
            boolean ours = Fields.KNOWN.contains(name);
            boolean broker = name.startsWith("x-") || name.equals("CC") || name.equals("BCC");
            if (!ours && !broker && Fields.isScalar(value)) {
              others.put(name, value);
            }
          });
    }
    if (properties.getUserId() != null) {
      others.put(Headers.SUBMITTER, properties.getUserId());
    }
    return others;
  }

  /** A content type without its parameters. */
  private static String mediaType(String contentType) {
    if (contentType.equals(TaskWriter.JSON)) {
      return TaskWriter.JSON;
    }
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isJson(String mediaType) {
    return mediaType.isEmpty()
        || mediaType.equals(TaskWriter.JSON)
        || mediaType.equals("text/json")
        || mediaType.endsWith("+json");
  }

  private static int longestBody(BasicProperties properties) {
    return isChunk(properties) ? ChunkCodec.MAX_BYTES : WireLimits.MAX_BODY_BYTES;
  }

  private static byte[] unpacked(BasicProperties properties, byte[] body) {
    if (!"gzip".equals(properties.getContentEncoding())) {
      return body;
    }
    int limit = longestBody(properties);
    try (GZIPInputStream unpacking = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] unpacked = unpacking.readNBytes(limit + 1);
      if (unpacked.length > limit) {
        throw new CodecException("the unpacked body takes more than " + limit + " bytes");
      }
      return unpacked;
    } catch (IOException malformed) {
      throw new CodecException(
          "the body says gzip and is not: " + malformed.getMessage(), malformed);
    }
  }
}
