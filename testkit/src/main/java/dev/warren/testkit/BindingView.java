package dev.warren.testkit;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A binding as the broker lists it.
 *
 * @param source the exchange; "" is the default exchange
 * @param destination the queue, or exchange, it leads to
 * @param toQueue whether the destination is a queue
 * @param routingKey its routing key
 */
public record BindingView(String source, String destination, boolean toQueue, String routingKey) {
  static BindingView of(JsonNode json) {
    return new BindingView(
        json.path("source").asText(),
        json.path("destination").asText(),
        json.path("destination_type").asText().equals("queue"),
        json.path("routing_key").asText());
  }
}
