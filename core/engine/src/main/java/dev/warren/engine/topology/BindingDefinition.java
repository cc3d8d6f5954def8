package dev.warren.engine.topology;

import java.util.Objects;

/**
 * Leads messages from an exchange to a queue of the same virtual host.
 *
 * @param exchange where messages come from.
 * @param target the queue, or for a step of the delay ladder the exchange, they go to.
 * @param toExchange whether the target is an exchange.
 * @param key the routing pattern; empty for a fanout.
 */
public record BindingDefinition(String exchange, String target, boolean toExchange, String key) {
  public BindingDefinition {
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(key, "key");
  }

  static BindingDefinition queue(String exchange, String queue, String key) {
    return new BindingDefinition(exchange, queue, false, key);
  }

  static BindingDefinition exchange(String exchange, String target, String key) {
    return new BindingDefinition(exchange, target, true, key);
  }
}
