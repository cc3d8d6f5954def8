package dev.warren.producer.gateway;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One of a gateway's server-sent events.
 *
 * @param id of the event, from which a feed can be gone on with; empty if it has none
 * @param name {@code task}, {@code batch} or {@code completed}
 */
public record ServerEvent(String id, String name, JsonNode data) {}
