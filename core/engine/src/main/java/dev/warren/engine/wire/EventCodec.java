package dev.warren.engine.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the body of event messages: a JSON array of events. Times are epoch
 * milliseconds.
 */
public final class EventCodec {
  private EventCodec() {}

  /** Writes one event for itself, which says all of it; {@link #join} makes a message of some. */
  public static JsonText write(Event event) {
    return event instanceof OutcomeEvent outcome
        ? OutcomeWriter.write(outcome).alone()
        : written(event);
  }

  /** Writes an event for a {@link #message}. */
  public static EventText text(Event event) {
    return event instanceof OutcomeEvent outcome
        ? OutcomeWriter.write(outcome)
        : EventText.whole(written(event));
  }

  /**
   * The body of a message with these events; what one has in common with that before is left out.
   */
  public static JsonText message(List<EventText> events) {
    return EventText.message(events);
  }

  private static JsonText written(Event event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JsonCodec.json().createGenerator(bytes)) {
      json.writeStartObject();
      switch (event) {
        case OutcomeEvent outcome ->
            throw new IllegalStateException("outcomes have a writer of their own: " + outcome);
        case TaskDelayed delayed -> writeDelayed(json, delayed);
        case TaskRetrying retrying -> writeRetrying(json, retrying);
        case TaskProgress progress -> writeProgress(json, progress);
        case BatchOpened opened -> {
          json.writeStringField("event", BatchOpened.NAME);
          json.writeStringField("batch", opened.batch());
          json.writeStringField("description", opened.description());
          json.writeNumberField("at", opened.at().toEpochMilli());
        }
        case BatchClosed closed -> {
          json.writeStringField("event", BatchClosed.NAME);
          json.writeStringField("batch", closed.batch());
          json.writeNumberField("members", closed.members());
          json.writeNumberField("at", closed.at().toEpochMilli());
        }
        case Pong pong -> {
          json.writeStringField("event", Pong.NAME);
          json.writeStringField("process", pong.process());
          json.writeFieldName("about");
          json.writeTree(pong.about());
        }
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return JsonText.wrap(bytes.toByteArray());
  }

  /** The body of a message with these events. */
  public static JsonText join(List<JsonText> events) {
    int size = 1 + events.size();
    for (JsonText event : events) {
      size += event.size();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(size);
    char before = '[';
    for (JsonText event : events) {
      body.write(before);
      body.writeBytes(event.bytes());
      before = ',';
    }
    body.write(']');
    return JsonText.wrap(body.toByteArray());
  }

  /**
   * Reads an event message. Events of unknown kinds are passed over; one that cannot be read goes
   * to {@code unreadable} and does not spoil its neighbours.
   */
  public static List<Event> read(byte[] body, Consumer<CodecException> unreadable) {
    return EventReader.read(body, unreadable);
  }

  /**
   * The event that a tree is; null if it is of an unknown kind.
   *
   * @param before the outcome before it in the message, of which it may have a part
   */
  static @Nullable Event event(JsonNode node, @Nullable OutcomeEvent before) {
    if (before != null && node instanceof ObjectNode event && !event.has("event")) {
      event.put("event", OutcomeEvent.NAME);
      event.put("generation", before.generation());
      event.put("type", before.type());
      event.put("queue", before.queue());
      event.put("attempt", before.attempt());
      event.put("worker", before.worker());
      event.put("lane", before.lane());
      event.put("status", before.status().word());
    }
    return event(node);
  }

  private static @Nullable Event event(JsonNode node) {
    return switch (node.path("event").asText()) {
      case OutcomeEvent.NAME -> outcome(node);
      case TaskDelayed.NAME -> delayed(node);
      case TaskRetrying.NAME -> retrying(node);
      case TaskProgress.NAME -> progress(node);
      case BatchOpened.NAME ->
          new BatchOpened(
              required(node, "batch"), node.path("description").asText(), time(node, "at"), null);
      case BatchClosed.NAME ->
          new BatchClosed(
              required(node, "batch"), node.path("members").asLong(-1), time(node, "at"), null);
      case Pong.NAME ->
          node.get("about") instanceof ObjectNode about
              ? new Pong(required(node, "process"), about, null)
              : null;
      default -> null;
    };
  }

  private static void writeTask(
      JsonGenerator json, String event, TaskId task, int generation, String type, String queue)
      throws IOException {
    json.writeStringField("event", event);
    json.writeStringField("task", task.toString());
    json.writeNumberField("generation", generation);
    json.writeStringField("type", type);
    json.writeStringField("queue", queue);
  }

  private static void writeDelayed(JsonGenerator json, TaskDelayed event) throws IOException {
    writeTask(
        json, TaskDelayed.NAME, event.task(), event.generation(), event.type(), event.queue());
    json.writeNumberField("enqueuedAt", event.enqueuedAt().toEpochMilli());
    json.writeNumberField("dueAt", event.dueAt().toEpochMilli());
    writeLineage(json, event.task(), event.lineage());
  }

  private static void writeRetrying(JsonGenerator json, TaskRetrying event) throws IOException {
    writeTask(
        json, TaskRetrying.NAME, event.task(), event.generation(), event.type(), event.queue());
    json.writeNumberField("attempt", event.attempt());
    json.writeStringField("reason", event.reason().word());
    writeFailure(json, event.failure());
    json.writeStringField("worker", event.worker());
    json.writeNumberField("enqueuedAt", event.enqueuedAt().toEpochMilli());
    json.writeNumberField("at", event.at().toEpochMilli());
    json.writeNumberField("dueAt", event.dueAt().toEpochMilli());
    writeLineage(json, event.task(), event.lineage());
  }

  private static void writeProgress(JsonGenerator json, TaskProgress event) throws IOException {
    writeTask(
        json, TaskProgress.NAME, event.task(), event.generation(), event.type(), event.queue());
    json.writeNumberField("attempt", event.attempt());
    json.writeNumberField("fraction", event.progress().fraction());
    json.writeStringField("message", event.progress().message());
    json.writeStringField("worker", event.worker());
    json.writeNumberField("at", event.progress().at().toEpochMilli());
    writeLineage(json, event.task(), event.lineage());
  }

  private static void writeFailure(JsonGenerator json, @Nullable Failure failure)
      throws IOException {
    if (failure != null) {
      json.writeObjectFieldStart("failure");
      json.writeStringField("type", failure.type());
      json.writeStringField("message", failure.message());
      json.writeStringField("stack", failure.stack());
      json.writeEndObject();
    }
  }

  private static void writeLineage(JsonGenerator json, TaskId task, Lineage lineage)
      throws IOException {
    if (!lineage.root().equals(task)) {
      json.writeStringField("root", lineage.root().toString());
    }
    writeText(json, "parent", lineage.parent());
    writeText(json, "batch", lineage.batch());
    if (lineage.batchIndex() != null) {
      json.writeNumberField("batchIndex", lineage.batchIndex());
    }
  }

  private static void writeText(JsonGenerator json, String name, @Nullable Object value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value.toString());
    }
  }

  private static OutcomeEvent outcome(JsonNode node) {
    TaskId task = TaskId.of(required(node, "task"));
    JsonNode result = node.get("result");
    return new OutcomeEvent(
        task,
        node.path("generation").asInt(1),
        required(node, "type"),
        required(node, "queue"),
        node.path("attempt").asInt(1),
        node.path("worker").asText(),
        node.path("lane").asText(),
        time(node, "enqueuedAt"),
        node.has("startedAt") ? time(node, "startedAt") : null,
        time(node, "endedAt"),
        Outcome.Status.valueOf(required(node, "status").toUpperCase(Locale.ROOT)),
        result == null ? null : JsonParts.text(result, "result of task " + task),
        failure(node),
        lineage(node, task),
        node.path("continues").asBoolean(false));
  }

  private static TaskDelayed delayed(JsonNode node) {
    TaskId task = TaskId.of(required(node, "task"));
    return new TaskDelayed(
        task,
        node.path("generation").asInt(1),
        required(node, "type"),
        required(node, "queue"),
        time(node, "enqueuedAt"),
        time(node, "dueAt"),
        lineage(node, task));
  }

  private static TaskRetrying retrying(JsonNode node) {
    TaskId task = TaskId.of(required(node, "task"));
    return new TaskRetrying(
        task,
        node.path("generation").asInt(1),
        required(node, "type"),
        required(node, "queue"),
        node.path("attempt").asInt(1),
        TaskRetrying.Reason.valueOf(required(node, "reason").toUpperCase(Locale.ROOT)),
        failure(node),
        node.path("worker").asText(),
        time(node, "enqueuedAt"),
        time(node, "at"),
        time(node, "dueAt"),
        lineage(node, task));
  }

  private static TaskProgress progress(JsonNode node) {
    TaskId task = TaskId.of(required(node, "task"));
    return new TaskProgress(
        task,
        node.path("generation").asInt(1),
        required(node, "type"),
        required(node, "queue"),
        node.path("attempt").asInt(1),
        new Progress(
            node.path("fraction").asDouble(), node.path("message").asText(), time(node, "at")),
        node.path("worker").asText(),
        lineage(node, task));
  }

  private static @Nullable Failure failure(JsonNode node) {
    JsonNode failure = node.get("failure");
    return failure == null
        ? null
        : new Failure(
            failure.path("type").asText(),
            failure.path("message").asText(),
            failure.path("stack").asText());
  }

  private static Lineage lineage(JsonNode node, TaskId task) {
    return new Lineage(
        node.has("root") ? TaskId.of(node.get("root").asText()) : task,
        node.has("parent") ? TaskId.of(node.get("parent").asText()) : null,
        node.has("batch") ? node.get("batch").asText() : null,
        node.has("batchIndex") ? Long.valueOf(node.get("batchIndex").asLong()) : null,
        null);
  }

  private static String required(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw new CodecException("an event has no '" + field + "'");
    }
    return value.asText();
  }

  private static Instant time(JsonNode node, String field) {
    return Instant.ofEpochMilli(node.path(field).asLong());
  }
}
