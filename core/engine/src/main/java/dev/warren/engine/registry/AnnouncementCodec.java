package dev.warren.engine.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.Lane;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Announcements as JSON, in the stream and in the cache. Unknown fields are ignored. */
final class AnnouncementCodec {
  private AnnouncementCodec() {}

  static ObjectNode write(TypeAnnouncement announcement) {
    ObjectNode node = JsonCodec.json().createObjectNode();
    node.put("type", announcement.type());
    node.put("queue", announcement.queue());
    node.put("lane", announcement.lane().word());
    node.put("description", announcement.description());
    node.set("arguments", announcement.argumentsSchema());
    node.set("result", announcement.resultSchema());
    node.put("timeLimitMs", announcement.timeLimit().toMillis());
    node.put("maxAttempts", announcement.maxAttempts());
    node.put("version", announcement.version());
    node.put("process", announcement.process());
    node.put("at", announcement.at().toEpochMilli());
    if (announcement.guest()) {
      node.put("guest", true);
    }
    return node;
  }

  static TypeAnnouncement read(JsonNode node) {
    try {
      return new TypeAnnouncement(
          node.path("type").asText(),
          node.path("queue").asText(),
          Lane.valueOf(node.path("lane").asText().toUpperCase(Locale.ROOT)),
          node.path("description").asText(),
          schema(node, "arguments"),
          schema(node, "result"),
          Duration.ofMillis(node.path("timeLimitMs").asLong()),
          node.path("maxAttempts").asInt(1),
          node.path("version").asText(),
          node.path("process").asText(),
          Instant.ofEpochMilli(node.path("at").asLong()),
          node.path("guest").asBoolean());
    } catch (IllegalArgumentException | WarrenException unfit) {
      throw new CodecException("a type announcement cannot be read: " + unfit.getMessage(), unfit);
    }
  }

  private static JsonNode schema(JsonNode node, String field) {
    JsonNode schema = node.get(field);
    return schema == null || schema.isNull() ? JsonCodec.json().createObjectNode() : schema;
  }
}
