package dev.warren.engine.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.util.ArrayList;
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

  /** Reads the tasks of a chunk that was read as if it were one task. */
  static List<TaskMessage> read(TaskMessage chunk) {
    JsonNode members =
        JsonParts.tree(chunk.arguments(), "arguments"::equals, "chunk " + chunk.id()).get("tasks");
    if (members == null || !members.isArray() || members.isEmpty()) {
      throw new CodecException("chunk " + chunk.id() + " has no 'tasks'");
    }
    List<TaskMessage> tasks = new ArrayList<>(members.size());
    for (JsonNode member : members) {
      tasks.add(member(chunk, member));
    }
    return List.copyOf(tasks);
  }

  private static TaskMessage member(TaskMessage chunk, JsonNode member) {
    JsonNode id = member.get("id");
    JsonNode arguments = member.get("arguments");
    if (id == null || arguments == null) {
      throw new CodecException("a task of chunk " + chunk.id() + " lacks 'id' or 'arguments'");
    }
    TaskId task = TaskId.of(id.asText());
    Lineage shared = chunk.lineage();
    JsonNode index = member.get("index");
    JsonNode root = member.get("root");
    Lineage lineage =
        new Lineage(
            root == null ? task : TaskId.of(root.asText()),
            shared.parent(),
            shared.batch(),
            index == null ? null : Long.valueOf(index.asLong()),
            shared.reply());
    JsonText text = JsonParts.text(arguments, "arguments of task " + task);
    if (text.size() > WireLimits.MAX_BODY_BYTES) {
      throw new CodecException(
          "the arguments of task %s in a chunk take %d bytes; at most %d"
              .formatted(task, text.size(), WireLimits.MAX_BODY_BYTES));
    }
    return new TaskMessage(
        task,
        chunk.type(),
        chunk.queue(),
        text,
        chunk.state(),
        chunk.terms(),
        lineage,
        chunk.enqueuedAt(),
        chunk.others());
  }
}
