package dev.warren.worker.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.Priority;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the messages between a worker and a child. Fields it does not know it ignores.
 */
final class MessageCodec {
  /** The version of the protocol that is spoken here. */
  static final int PROTOCOL = 1;

  private static final Set<String> KEPT = Set.of("arguments", "result");

  private MessageCodec() {}

  static JsonText write(Told told) {
    ObjectNode json = JsonCodec.json().createObjectNode();
    switch (told) {
      case Told.Load(List<String> jars, Map<String, String> settings) -> {
        json.put("kind", "load");
        jars.forEach(json.putArray("jars")::add);
        settings.forEach(json.putObject("settings")::put);
      }
      case Told.Run(int run, Told.Work work, JsonText arguments) -> {
        json.put("kind", "run").put("run", run);
        json.put("task", work.task().toString()).put("type", work.type());
        json.put("generation", work.generation()).put("attempt", work.attempt());
        json.put("idempotencyKey", work.key()).put("deadline", work.deadline().toEpochMilli());
        json.set("arguments", JsonParts.node(arguments));
      }
      case Told.Cancel(int run, String reason) ->
          json.put("kind", "cancel").put("run", run).put("reason", reason);
      case Told.Submitted(int run, int number, TaskId task) ->
          json.put("kind", "submitted")
              .put("run", run)
              .put("number", number)
              .put("task", task.toString());
    }
    return JsonCodec.write(json, "a message to a child process");
  }

  static Told readTold(JsonText text) {
    JsonNode json = JsonParts.tree(text, KEPT::contains, "a message of the worker");
    String kind = json.path("kind").asText();
    return switch (kind) {
      case "load" -> new Told.Load(texts(json.path("jars")), entries(json.path("settings")));
      case "run" ->
          new Told.Run(
              run(json),
              new Told.Work(
                  TaskId.of(json.path("task").asText()),
                  json.path("type").asText(),
                  json.path("generation").asInt(1),
                  json.path("attempt").asInt(1),
                  json.path("idempotencyKey").asText(),
                  Instant.ofEpochMilli(json.path("deadline").asLong())),
              kept(json, "arguments"));
      case "cancel" -> new Told.Cancel(run(json), json.path("reason").asText());
      case "submitted" ->
          new Told.Submitted(
              run(json), json.path("number").asInt(), TaskId.of(json.path("task").asText()));
      default -> throw new CodecException("the worker says '" + kind + "', which is unknown here");
    };
  }

  static JsonText write(Said said) {
    ObjectNode json = JsonCodec.json().createObjectNode();
    switch (said) {
      case Said.Hello(String token, int protocol) ->
          json.put("kind", "hello").put("token", token).put("protocol", protocol);
      case Said.Ready(List<OfferedType> types) -> {
        json.put("kind", "ready");
        var all = json.putArray("types");
        types.forEach(type -> all.add(write(type)));
      }
      case Said.Progress(int run, double fraction, String message) ->
          json.put("kind", "progress")
              .put("run", run)
              .put("fraction", fraction)
              .put("message", message);
      case Said.Log(int run, String message) ->
          json.put("kind", "log").put("run", run).put("message", message);
      case Said.Submit(int run, int number, OfferedType type, JsonText arguments) -> {
        json.put("kind", "submit").put("run", run).put("number", number);
        json.setAll(write(type));
        json.set("arguments", JsonParts.node(arguments));
      }
      case Said.Done(int run, JsonText result) ->
          json.put("kind", "done").put("run", run).set("result", JsonParts.node(result));
      case Said.Retry(int run, Failure failure, Duration after) -> {
        json.put("kind", "retry").put("run", run).set("failure", write(failure));
        putMillis(json, "afterMillis", after);
      }
      case Said.Snooze(int run, Duration pause) ->
          putMillis(json.put("kind", "snooze").put("run", run), "afterMillis", pause);
      case Said.Reject(int run, Failure failure) ->
          json.put("kind", "reject").put("run", run).set("failure", write(failure));
    }
    return JsonCodec.write(json, "a message to the worker");
  }

  static Said readSaid(JsonText text) {
    JsonNode json = JsonParts.tree(text, KEPT::contains, "a message of a child process");
    String kind = json.path("kind").asText();
    return switch (kind) {
      case "hello" -> new Said.Hello(json.path("token").asText(), json.path("protocol").asInt(1));
      case "ready" -> {
        List<OfferedType> types = new ArrayList<>();
        json.path("types").forEach(type -> types.add(type(type)));
        yield new Said.Ready(types);
      }
      case "progress" ->
          new Said.Progress(
              run(json), json.path("fraction").asDouble(), json.path("message").asText());
      case "log" -> new Said.Log(run(json), json.path("message").asText());
      case "submit" ->
          new Said.Submit(
              run(json), json.path("number").asInt(), type(json), kept(json, "arguments"));
      case "done" -> new Said.Done(run(json), kept(json, "result"));
      case "retry" -> new Said.Retry(run(json), failure(json), millis(json, "afterMillis"));
      case "snooze" -> {
        Duration pause = millis(json, "afterMillis");
        yield new Said.Snooze(run(json), pause == null ? Duration.ZERO : pause);
      }
      case "reject" -> new Said.Reject(run(json), failure(json));
      default ->
          throw new CodecException("a child process says '" + kind + "', which is unknown here");
    };
  }

  private static ObjectNode write(OfferedType type) {
    ObjectNode json = JsonCodec.json().createObjectNode().put("type", type.name());
    if (type.description() != null) {
      json.put("description", type.description());
    }
    if (type.queue() != null) {
      json.put("queue", type.queue());
    }
    if (type.maxAttempts() != null) {
      json.put("maxAttempts", type.maxAttempts());
    }
    putMillis(json, "timeLimitMillis", type.timeLimit());
    if (type.priority() != null) {
      json.put("priority", type.priority().name().toLowerCase(Locale.ROOT));
    }
    putMillis(json, "expiryMillis", type.expiry());
    return json;
  }

  private static OfferedType type(JsonNode json) {
    String priority = text(json, "priority");
    return new OfferedType(
        json.path("type").asText(),
        text(json, "description"),
        text(json, "queue"),
        json.hasNonNull("maxAttempts") ? json.path("maxAttempts").asInt() : null,
        millis(json, "timeLimitMillis"),
        priority == null ? null : priority(priority),
        millis(json, "expiryMillis"));
  }

  private static Priority priority(String word) {
    try {
      return Priority.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new CodecException("a priority is high, normal or low, not '" + word + "'", unknown);
    }
  }

  private static ObjectNode write(Failure failure) {
    return JsonCodec.json()
        .createObjectNode()
        .put("type", failure.type())
        .put("message", failure.message())
        .put("stack", failure.stack());
  }

  private static Failure failure(JsonNode json) {
    JsonNode failure = json.path("failure");
    return new Failure(
        failure.path("type").asText("Failed"),
        failure.path("message").asText(),
        failure.path("stack").asText());
  }

  private static int run(JsonNode json) {
    return json.path("run").asInt();
  }

  private static JsonText kept(JsonNode json, String field) {
    JsonNode node = json.get(field);
    return node == null ? JsonText.NULL : JsonParts.text(node, field);
  }

  private static @Nullable String text(JsonNode json, String field) {
    return json.hasNonNull(field) ? json.path(field).asText() : null;
  }

  private static @Nullable Duration millis(JsonNode json, String field) {
    return json.hasNonNull(field)
        ? Duration.ofMillis(Math.max(0, json.path(field).asLong()))
        : null;
  }

  private static void putMillis(ObjectNode json, String field, @Nullable Duration value) {
    if (value != null) {
      json.put(field, value.toMillis());
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(each -> all.add(each.asText()));
    return all;
  }

  private static Map<String, String> entries(JsonNode object) {
    Map<String, String> all = new LinkedHashMap<>();
    object.properties().forEach(each -> all.put(each.getKey(), each.getValue().asText()));
    return all;
  }
}
