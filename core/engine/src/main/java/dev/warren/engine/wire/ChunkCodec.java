package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.TaskId;
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

  /** What a task takes in a chunk's body beside its arguments, about. */
  public static final int FRAME_BYTES = ChunkBody.FRAME_BYTES;

  private ChunkCodec() {}

  /** Writes tasks that share type, queue, terms, reply token and batch as one message. */
  public static WireTask write(TaskWriter writer, List<TaskMessage> tasks) {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("a chunk has at least one task");
    }
    TaskMessage first = tasks.getFirst();
    Lineage lineage = first.lineage();
    // What each says for itself stands in the body.
    WireTask shared =
        writer.write(
            first.withLineage(
                new Lineage(first.id(), lineage.parent(), lineage.batch(), null, lineage.reply())));
    BasicProperties properties =
        shared
            .properties()
            .builder()
            .contentType(CONTENT_TYPE)
            .messageId(TaskId.next().toString())
            .build();
    return new WireTask(properties, ChunkBody.write(tasks));
  }
}
