package dev.warren.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A queue as the broker lists it. The counts are up to some seconds late; {@link
 * VirtualHost#readyCount} is exact.
 *
 * @param name its name
 * @param type {@code classic}, {@code quorum} or {@code stream}
 * @param durable whether it survives a restart of the broker
 * @param exclusive whether it belongs to one connection
 * @param arguments what it was declared with
 * @param ready messages that wait for a consumer
 * @param unacknowledged messages that are with consumers
 * @param consumers how many consumers it has
 */
public record QueueView(
    String name,
    String type,
    boolean durable,
    boolean exclusive,
    Map<String, Object> arguments,
    long ready,
    long unacknowledged,
    int consumers) {
  public QueueView {
    arguments = Map.copyOf(arguments);
  }

  static QueueView of(JsonNode json) {
    return new QueueView(
        json.path("name").asText(),
        json.path("type").asText(),
        json.path("durable").asBoolean(),
        json.path("exclusive").asBoolean(),
        ManagementApi.map(json.path("arguments")),
        json.path("messages_ready").asLong(),
        json.path("messages_unacknowledged").asLong(),
        json.path("consumers").asInt());
  }
}
