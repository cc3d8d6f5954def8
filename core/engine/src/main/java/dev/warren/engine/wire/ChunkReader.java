package dev.warren.engine.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a chunk in one pass. The arguments of its tasks are skipped over and cut out as
 * they stand: a task's own attempt reads them. For one chunk and one thread.
 */
final class ChunkReader {
  private final TaskMessage chunk;
  private final byte[] body;
  private final JsonParser parser;

  private ChunkReader(TaskMessage chunk, byte[] body, JsonParser parser) {
    this.chunk = chunk;
    this.body = body;
    this.parser = parser;
  }

  /**
   * Reads the tasks of a chunk.
   *
   * @param chunk as if it were one task: its arguments are the body
   */
  static List<TaskMessage> read(TaskMessage chunk) {
    byte[] body = chunk.arguments().bytes();
    try (JsonParser parser = JsonCodec.json().createParser(body)) {
      List<TaskMessage> tasks = new ChunkReader(chunk, body, parser).tasks();
      if (tasks.isEmpty()) {
        throw new CodecException("chunk " + chunk.id() + " has no 'tasks'");
      }
      return tasks;
    } catch (JacksonException malformed) {
      throw new CodecException(
          "chunk %s is not JSON: %s".formatted(chunk.id(), malformed.getOriginalMessage()),
          malformed);
    } catch (IOException | IllegalArgumentException unfit) {
      throw new CodecException(
          "chunk %s cannot be read: %s".formatted(chunk.id(), unfit.getMessage()), unfit);
    }
  }

  private List<TaskMessage> tasks() throws IOException {
    List<TaskMessage> tasks = List.of();
    if (parser.nextToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        boolean members = parser.currentName().equals("tasks");
        if (parser.nextToken() == JsonToken.START_ARRAY && members) {
          tasks = members();
        } else {
          parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
    if (parser.nextToken() != null) {
      throw new CodecException("chunk " + chunk.id() + " is more than one JSON value");
    }
    return tasks;
  }

  private List<TaskMessage> members() throws IOException {
    List<TaskMessage> tasks = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw lacking();
      }
      tasks.add(member());
    }
    return List.copyOf(tasks);
  }

  private TaskMessage member() throws IOException {
    TaskId id = null;
    JsonText arguments = null;
    Long index = null;
    TaskId root = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      boolean absent = parser.nextToken() == JsonToken.VALUE_NULL;
      switch (field) {
        case "arguments" -> arguments = slice();
        case "id" -> id = absent ? null : TaskId.of(text());
        case "root" -> root = absent ? null : TaskId.of(text());
        case "index" -> index = absent ? null : Long.valueOf(number());
        default -> parser.skipChildren();
      }
    }
    if (id == null || arguments == null) {
      throw lacking();
    }
    return task(id, arguments, index, root);
  }

  private TaskMessage task(
      TaskId id, JsonText arguments, @Nullable Long index, @Nullable TaskId root) {
    if (arguments.size() > WireLimits.MAX_BODY_BYTES) {
      throw new CodecException(
          "the arguments of task %s in a chunk take %d bytes; at most %d"
              .formatted(id, arguments.size(), WireLimits.MAX_BODY_BYTES));
    }
    Lineage shared = chunk.lineage();
    return new TaskMessage(
        id,
        chunk.type(),
        chunk.queue(),
        arguments,
        chunk.state(),
        chunk.terms(),
        new Lineage(
            root == null ? id : root, shared.parent(), shared.batch(), index, shared.reply()),
        chunk.enqueuedAt(),
        chunk.others());
  }

  private String text() throws IOException {
    if (parser.currentToken().isStructStart()) {
      throw lacking();
    }
    return parser.getText();
  }

  /** Of a member in its batch: another one's would end in its stead. */
  private long number() throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new CodecException("the 'index' of a task of chunk " + chunk.id() + " is no number");
    }
    return parser.getLongValue();
  }

  private CodecException lacking() {
    return new CodecException("a task of chunk " + chunk.id() + " lacks 'id' or 'arguments'");
  }

  private JsonText slice() throws IOException {
    long begin = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    long end = parser.currentLocation().getByteOffset();
    if (begin < 0) {
      throw new CodecException("chunk " + chunk.id() + " is not in UTF-8");
    }
    return JsonText.wrap(Arrays.copyOfRange(body, (int) begin, (int) end));
  }
}
