package dev.warren.gateway;

import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.logging.LogFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The settings of the gateway program. */
final class GatewayKeys {
  static final Key<List<String>> QUEUES =
      Key.texts("gateway.queues")
          .withAlias("queues")
          .describedAs("The queues of non-blocking tasks to serve.")
          .in(Tier.ESSENTIAL)
          .withDefault(GatewaySettings.DEFAULT_QUEUE);

  static final Key<Integer> IN_FLIGHT =
      Key.integer("gateway.in-flight", 1, 1_000_000)
          .withAlias("in-flight")
          .describedAs("Tasks in flight at once, at most.")
          .in(Tier.ESSENTIAL)
          .withDefault(String.valueOf(GatewaySettings.DEFAULT_IN_FLIGHT));

  static final Key<Integer> LOOPS =
      Key.integer("gateway.loops", 1, 1_000)
          .withAlias("loops")
          .describedAs("Event loops. Default: one per core.")
          .in(Tier.OFTEN);

  static final Key<Map<String, String>> SET =
      Key.entries("tasks.set")
          .withAlias("set")
          .describedAs("A setting for tasks to read; repeatable.")
          .in(Tier.OFTEN);

  static final Key<Duration> GRACE =
      Key.duration("gateway.grace")
          .withAlias("grace")
          .describedAs("What running tasks get to finish when the gateway is told to stop.")
          .in(Tier.OFTEN)
          .withDefault(Defaults.GRACE.toSeconds() + "s");

  static final List<Key<?>> ALL = all();

  private GatewayKeys() {}

  private static List<Key<?>> all() {
    List<Key<?>> keys = new ArrayList<>();
    keys.add(StandardKeys.BROKER_URI);
    keys.addAll(List.of(QUEUES, IN_FLIGHT, LOOPS, SET, GRACE));
    keys.addAll(StandardKeys.BROKER.stream().filter(key -> !keys.contains(key)).toList());
    keys.add(StandardKeys.TOPOLOGY_MODE);
    keys.addAll(HealthKeys.ALL);
    keys.addAll(LogFormat.KEYS);
    return List.copyOf(keys);
  }

  static GatewaySettings gatewaySettings(Settings settings) {
    return new GatewaySettings(
        StandardKeys.brokerSettings(settings),
        settings.get(QUEUES),
        settings.get(IN_FLIGHT),
        settings.find(LOOPS).orElseGet(() -> Runtime.getRuntime().availableProcessors()),
        settings.get(StandardKeys.TOPOLOGY_MODE),
        settings.get(StandardKeys.BROKER_CONSUMER_TIMEOUT),
        settings.get(SET));
  }
}
