package dev.warren.engine.topology;

import java.util.ArrayList;
import java.util.List;

/**
 * The binary delay ladder. The key of a delayed task starts with its delay in seconds as {@value
 * TopologyNames#DELAY_LEVELS} binary digits, dot separated, highest first, followed by {@code
 * <queue>.<type>}. Exchange n looks at the digit of 2^n: a one waits in queue n for 2^n seconds,
 * which then dead-letters to exchange n-1; a zero passes at once. All messages of a queue wait
 * equally long, so none waits behind another.
 *
 * @see <a href="https://docs.particular.net/transports/rabbitmq/delayed-delivery">NServiceBus,
 *     where the scheme comes from</a>
 */
final class DelayLadder {
  private DelayLadder() {}

  static Topology topology() {
    List<ExchangeDefinition> exchanges = new ArrayList<>();
    List<QueueDefinition> queues = new ArrayList<>();
    List<BindingDefinition> bindings = new ArrayList<>();
    exchanges.add(
        // Without it, 32 undeliverable messages stop every delay of the fleet for minutes: so many
        // dead letters may be in flight per queue, and each is tried again only after three.
        ExchangeDefinition.topic(TopologyNames.DELAY_OUT).withAlternate(TopologyNames.UNROUTED));
    for (int level = 0; level < TopologyNames.DELAY_LEVELS; level++) {
      String name = TopologyNames.delay(level);
      String below = level == 0 ? TopologyNames.DELAY_OUT : TopologyNames.delay(level - 1);
      exchanges.add(ExchangeDefinition.topic(name));
      queues.add(
          QueueDefinition.quorum(name)
              .keepingAll()
              .with("x-message-ttl", 1000L << level)
              .with("x-dead-letter-exchange", below)
              .with("x-dead-letter-strategy", "at-least-once")
              .with("x-overflow", "reject-publish"));
      String before = "*.".repeat(TopologyNames.DELAY_LEVELS - 1 - level);
      bindings.add(BindingDefinition.queue(name, name, before + "1.#"));
      bindings.add(BindingDefinition.exchange(name, below, before + "0.#"));
    }
    return new Topology(exchanges, queues, bindings);
  }

  /** What a work queue binds the ladder's exit with. */
  static String exitPattern(String queue) {
    return "*.".repeat(TopologyNames.DELAY_LEVELS) + queue + ".#";
  }
}
