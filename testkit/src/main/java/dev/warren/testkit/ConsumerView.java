package dev.warren.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A consumer as the broker lists it.
 *
 * @param tag its consumer tag
 * @param queue the queue it consumes
 * @param channel the broker's name of its channel
 * @param prefetch how many unsettled deliveries it may hold; 0: any number
 * @param arguments what the client gave along
 */
public record ConsumerView(
    String tag, String queue, String channel, int prefetch, Map<String, Object> arguments) {
  public ConsumerView {
    arguments = Map.copyOf(arguments);
  }

  static ConsumerView of(JsonNode json) {
    return new ConsumerView(
        json.path("consumer_tag").asText(),
        json.path("queue").path("name").asText(),
        json.path("channel_details").path("name").asText(),
        json.path("prefetch_count").asInt(),
        ManagementApi.map(json.path("arguments")));
  }
}
