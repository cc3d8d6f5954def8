package dev.warren.engine.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One object of a topology with the commands on it.
 *
 * @param object its kind and name, for people.
 * @param declare creates it, or compares it with what is there.
 * @param passive looks whether it is there; null for a binding, which AMQP cannot show.
 */
record Step(
    String object, DeclaringSession.Command declare, DeclaringSession.@Nullable Command passive) {
  static List<Step> of(Topology topology) {
    List<Step> steps = new ArrayList<>();
    topology.exchanges().forEach(exchange -> steps.add(of(exchange)));
    topology.queues().forEach(queue -> steps.add(of(queue)));
    topology.bindings().forEach(binding -> steps.add(of(binding)));
    return steps;
  }

  Optional<DeclaringSession.Command> look() {
    return Optional.ofNullable(passive);
  }

  private static Step of(ExchangeDefinition exchange) {
    return new Step(
        "exchange " + exchange.name(),
        channel ->
            channel.exchangeDeclare(
                exchange.name(), exchange.kind(), true, false, exchange.arguments()),
        channel -> channel.exchangeDeclarePassive(exchange.name()));
  }

  private static Step of(QueueDefinition queue) {
    return new Step(
        "queue " + queue.name(),
        channel ->
            channel.queueDeclare(
                queue.name(),
                queue.durable(),
                queue.exclusive(),
                queue.exclusive(),
                queue.arguments()),
        channel -> channel.queueDeclarePassive(queue.name()));
  }

  private static Step of(BindingDefinition binding) {
    return new Step(
        "binding of " + binding.target() + " to " + binding.exchange(),
        channel -> {
          if (binding.toExchange()) {
            channel.exchangeBind(binding.target(), binding.exchange(), binding.key(), Map.of());
          } else {
            channel.queueBind(binding.target(), binding.exchange(), binding.key(), Map.of());
          }
        },
        null);
  }
}
