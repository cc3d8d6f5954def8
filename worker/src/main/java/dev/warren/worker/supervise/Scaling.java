package dev.warren.worker.supervise;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.BrokerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How the number of processes follows the work.
 *
 * @param queues the queues that they serve
 * @param longestWait there are more of them when work would wait for longer
 * @param idle there are fewer when fewer would have done for so long
 */
public record Scaling(
    BrokerSettings broker, List<String> queues, Duration longestWait, Duration idle) {
  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);
  public static final Duration DEFAULT_IDLE = Duration.ofMinutes(1);

  public Scaling {
    Objects.requireNonNull(broker, "broker");
    queues = List.copyOf(queues);
    if (!longestWait.isPositive() || !idle.isPositive()) {
      throw new ConfigurationException(
          "worker.scale-wait and worker.scale-idle are longer than nothing");
    }
  }
}
