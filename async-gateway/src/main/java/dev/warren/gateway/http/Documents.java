package dev.warren.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import dev.warren.gateway.aggregate.BatchRecord;
import dev.warren.gateway.aggregate.TaskRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the API answers: one line of JSON each, without a line's end. What is absent is left
 * out.
 */
final class Documents {
  private Documents() {}

  /** A task, as far as it is known. */
  static byte[] task(TaskRecord task) {
    return written(
        json -> {
          json.writeStringField("id", task.id().toString());
          json.writeNumberField("generation", task.generation());
          text(json, "type", task.type());
          text(json, "queue", task.queue());
          json.writeStringField("state", task.state().text());
          json.writeNumberField("attempt", task.attempt());
          text(json, "worker", task.worker());
          text(json, "lane", task.lane());
          time(json, "enqueuedAt", task.enqueuedAt());
          time(json, "startedAt", task.startedAt());
          time(json, "endedAt", task.endedAt());
          time(json, "dueAt", task.dueAt());
          if (task.result() != null) {
            json.writeFieldName("result");
            json.writeRawValue(onOneLine(task.result()));
          }
          failure(json, task.failure());
          lineage(json, task.lineage());
          json.writeNumberField("sequence", task.sequence());
        });
  }

  /** A batch and its counts. */
  static byte[] batch(BatchRecord batch) {
    return written(json -> batchFields(json, batch));
  }

  static byte[] batches(List<BatchRecord> batches) {
    return written(
        json -> {
          json.writeArrayFieldStart("batches");
          for (BatchRecord batch : batches) {
            json.writeStartObject();
            batchFields(json, batch);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** A task that the broker has and of which no more is known. */
  static byte[] accepted(TaskId id, String queue, String state) {
    return written(
        json -> {
          json.writeStringField("id", id.toString());
          text(json, "queue", queue);
          text(json, "state", state);
        });
  }

  /** What was added to a batch. */
  static byte[] added(long added, long next) {
    return written(
        json -> {
          json.writeNumberField("added", added);
          json.writeNumberField("next", next);
        });
  }

  static byte[] problem(Problem problem) {
    return written(
        json -> {
          json.writeStringField("type", Problem.TYPE_PREFIX + problem.word());
          json.writeStringField("title", problem.title());
          json.writeNumberField("status", problem.status());
          json.writeStringField("detail", problem.detail());
          for (Map.Entry<String, Object> extra : problem.extras().entrySet()) {
            json.writeObjectField(extra.getKey(), extra.getValue());
          }
        });
  }

  private static void batchFields(JsonGenerator json, BatchRecord batch) throws IOException {
    json.writeStringField("id", batch.id());
    text(json, "description", batch.description());
    json.writeStringField("state", batch.state().text());
    if (batch.members() != null) {
      json.writeNumberField("members", batch.members());
    }
    json.writeNumberField("succeeded", batch.succeeded());
    json.writeNumberField("dead", batch.dead());
    json.writeNumberField("cancelled", batch.cancelled());
    json.writeNumberField("expired", batch.expired());
    json.writeNumberField("ended", batch.ended());
    time(json, "openedAt", batch.openedAt());
    time(json, "closedAt", batch.closedAt());
    time(json, "completedAt", batch.completedAt());
    time(json, "cancelRequestedAt", batch.cancelRequestedAt());
    json.writeNumberField("sequence", batch.sequence());
  }

  private static void failure(JsonGenerator json, @Nullable Failure failure) throws IOException {
    if (failure == null) {
      return;
    }
    json.writeObjectFieldStart("failure");
    json.writeStringField("type", failure.type());
    json.writeStringField("message", failure.message());
    text(json, "stack", failure.stack());
    json.writeEndObject();
  }

  private static void lineage(JsonGenerator json, Lineage lineage) throws IOException {
    if (lineage.batch() != null) {
      json.writeStringField("batch", lineage.batch());
    }
    if (lineage.batchIndex() != null) {
      json.writeNumberField("batchIndex", lineage.batchIndex());
    }
    json.writeStringField("root", lineage.root().toString());
    if (lineage.parent() != null) {
      json.writeStringField("parent", lineage.parent().toString());
    }
  }

  private static void text(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null && !value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void time(JsonGenerator json, String name, @Nullable Instant value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value.toString());
    }
  }

  /** A line's end inside of JSON is white space: a text writes its own as an escape. */
  private static String onOneLine(JsonText json) {
    return json.toString().replace('\n', ' ').replace('\r', ' ');
  }

  private static byte[] written(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JsonCodec.json().createGenerator(bytes)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  @FunctionalInterface
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }
}
