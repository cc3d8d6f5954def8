package dev.warren.testkit;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A channel as the broker lists it; the counts are a little late.
 *
 * @param name the broker's name of it: that of the connection and the number
 * @param connection the broker's name of its connection
 * @param number number of the channel in its connection
 * @param confirms whether publisher confirms are on
 * @param consumers how many consumers it has
 * @param unacknowledged deliveries that are not settled
 */
public record ChannelView(
    String name,
    String connection,
    int number,
    boolean confirms,
    int consumers,
    int unacknowledged) {
  static ChannelView of(JsonNode json) {
    return new ChannelView(
        json.path("name").asText(),
        json.path("connection_details").path("name").asText(),
        json.path("number").asInt(),
        json.path("confirm").asBoolean(),
        json.path("consumer_count").asInt(),
        json.path("messages_unacknowledged").asInt());
  }
}
