package dev.warren.gateway;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.gateway.aggregate.StoreSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway consumes, and how.
 *
 * @param queues the queues of non-blocking tasks to serve. Default is {@code async}.
 * @param inFlight attempts at once. Default is 2,000.
 * @param loops event loops. Default is one per core.
 * @param topology what to do about queues and exchanges at the start. Default is to declare them.
 * @param consumerTimeout the broker's limit between delivery and acknowledgement
 * @param taskSettings what tasks may read
 * @param store where outcomes are kept; null if this gateway does not aggregate, which is the
 *     default here and not for the program
 * @param stopGrace what a task gets to end after its time limit or its cancellation. Default is 30
 *     s.
 * @param adaptive whether the gateway finds out how many attempts at once are good, up to {@code
 *     inFlight}. Default is no.
 */
public record GatewaySettings(
    BrokerSettings broker,
    List<String> queues,
    int inFlight,
    int loops,
    TopologyMode topology,
    Duration consumerTimeout,
    Map<String, String> taskSettings,
    @Nullable StoreSettings store,
    Duration stopGrace,
    boolean adaptive) {
  public static final String DEFAULT_QUEUE = "async";
  public static final int DEFAULT_IN_FLIGHT = 2_000;

  public GatewaySettings {
    Objects.requireNonNull(broker, "broker");
    Objects.requireNonNull(topology, "topology");
    Objects.requireNonNull(consumerTimeout, "consumerTimeout");
    queues = queues.stream().distinct().toList();
    taskSettings = Map.copyOf(taskSettings);
    if (inFlight < 1 || loops < 1) {
      throw new ConfigurationException("a gateway needs an event loop and a task in flight");
    }
  }

  /** The defaults, for a broker. */
  public static GatewaySettings of(BrokerSettings broker) {
    return new GatewaySettings(
        broker,
        List.of(DEFAULT_QUEUE),
        DEFAULT_IN_FLIGHT,
        Runtime.getRuntime().availableProcessors(),
        TopologyMode.APPLY,
        Defaults.CONSUMER_TIMEOUT,
        Map.of(),
        null,
        Defaults.STOP_GRACE,
        false);
  }

  /** The same, and it aggregates outcomes in a store. */
  public GatewaySettings withStore(StoreSettings other) {
    return new GatewaySettings(
        broker,
        queues,
        inFlight,
        loops,
        topology,
        consumerTimeout,
        taskSettings,
        other,
        stopGrace,
        adaptive);
  }

  public GatewaySettings withStopGrace(Duration grace) {
    return new GatewaySettings(
        broker,
        queues,
        inFlight,
        loops,
        topology,
        consumerTimeout,
        taskSettings,
        store,
        grace,
        adaptive);
  }
}
