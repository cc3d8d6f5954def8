package dev.warren.testkit;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A client's connection as the broker lists it.
 *
 * @param name the broker's name of it: {@code peer:port -> host:port}
 * @param clientName the name its client gave, or ""
 * @param user who is logged in
 * @param state {@code running}, {@code blocked}, {@code flow}, …; a little late
 * @param channels how many channels it has; a little late
 */
public record ConnectionView(
    String name, String clientName, String user, String state, int channels) {
  static ConnectionView of(JsonNode json) {
    return new ConnectionView(
        json.path("name").asText(),
        json.path("client_properties").path("connection_name").asText(),
        json.path("user").asText(),
        json.path("state").asText(),
        json.path("channels").asInt());
  }
}
