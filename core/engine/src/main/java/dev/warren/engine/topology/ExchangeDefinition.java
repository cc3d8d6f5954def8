package dev.warren.engine.topology;

import java.util.Map;
import java.util.Objects;

/**
 * A durable exchange.
 *
 * @param kind {@code direct}, {@code topic} or {@code fanout}.
 * @param arguments the declaration's arguments: all that the broker compares.
 */
public record ExchangeDefinition(String name, String kind, Map<String, Object> arguments) {
  public ExchangeDefinition {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    arguments = Map.copyOf(arguments);
  }

  static ExchangeDefinition topic(String name) {
    return new ExchangeDefinition(name, "topic", Map.of());
  }

  static ExchangeDefinition direct(String name) {
    return new ExchangeDefinition(name, "direct", Map.of());
  }

  static ExchangeDefinition fanout(String name) {
    return new ExchangeDefinition(name, "fanout", Map.of());
  }

  /** What this exchange cannot route goes to the other one. */
  ExchangeDefinition withAlternate(String other) {
    return new ExchangeDefinition(name, kind, Map.of("alternate-exchange", other));
  }
}
