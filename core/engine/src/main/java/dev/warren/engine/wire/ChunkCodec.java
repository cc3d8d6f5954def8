package dev.warren.engine.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import java.util.List;

/**
 * A chunk: one message with many tasks of one type and the same terms, each with an id, arguments
 * and, in a batch, an index of its own. Body: {@code
 * {"tasks":[{"id":…,"arguments":…,"index":…,"root":…},…]}}; what the tasks share stands in the
 * message's properties and headers.
 */
public final class ChunkCodec {
  public static final String CONTENT_TYPE = "application/vnd.warren.chunk+json";

  /** A chunk's body; each task in it obeys the limit of a task on its own. */
  public static final int MAX_BYTES = 4 << 20;

  private ChunkCodec() {}

  /** Writes tasks that share type, queue, terms, reply token and batch as one message. */
  public static WireTask write(TaskWriter writer, List<TaskMessage> tasks) {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("a chunk has at least one task");
    }
    ObjectNode body = JsonCodec.json().createObjectNode();
    ArrayNode members = body.putArray("tasks");
    for (TaskMessage task : tasks) {
      ObjectNode member = members.addObject();
      member.put("id", task.id().toString());
      member.set("arguments", JsonParts.node(task.arguments()));
      if (!task.lineage().root().equals(task.id())) {
        member.put("root", task.lineage().root().toString());
      }
      if (task.lineage().batchIndex() != null) {
        member.put("index", task.lineage().batchIndex());
      }
    }
    TaskMessage first = tasks.getFirst();
    WireTask shared = writer.write(first);
    BasicProperties properties =
        shared
            .properties()
            .builder()
            .contentType(CONTENT_TYPE)
            .messageId(TaskId.next().toString())
            .build();
    return new WireTask(properties, JsonCodec.write(body, "a chunk"));
  }
}
