package dev.warren.engine.delivery;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.connection.ProcessName;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a delivery engine runs.
 *
 * @param process who consumes; part of connection names and events
 * @param queues the queues to serve
 * @param prefetch unacknowledged deliveries at most per queue; for a queue that is not named it is
 *     learned
 * @param consumerTimeout how long the broker may wait for an acknowledgement, where it takes that
 *     per consumer (RabbitMQ from 4.3)
 * @param settleDeadline how long a settlement may wait for the broker's confirm before the delivery
 *     is given back
 * @param stopGrace what an attempt gets to end after it was told to stop, because of its time limit
 *     or a cancellation; one that still runs then is given up. Default is {@link
 *     Defaults#STOP_GRACE}.
 * @param pacing limits of types, and how much to hold. Default is {@link Pacing#DEFAULT}.
 */
public record EngineSettings(
    ProcessName process,
    List<String> queues,
    Map<String, Integer> prefetch,
    Duration consumerTimeout,
    Duration settleDeadline,
    Duration stopGrace,
    Pacing pacing) {
  public EngineSettings {
    queues = List.copyOf(queues);
    prefetch = Map.copyOf(prefetch);
    if (queues.isEmpty()) {
      throw new ConfigurationException("a worker needs at least one queue to serve");
    }
    if (stopGrace.isNegative()) {
      throw new ConfigurationException("a stop grace must not be negative, not " + stopGrace);
    }
  }

  /** With the default pacing. */
  public EngineSettings(
      ProcessName process,
      List<String> queues,
      Map<String, Integer> prefetch,
      Duration consumerTimeout,
      Duration settleDeadline,
      Duration stopGrace) {
    this(process, queues, prefetch, consumerTimeout, settleDeadline, stopGrace, Pacing.DEFAULT);
  }

  /** With the default stop grace and pacing. */
  public EngineSettings(
      ProcessName process,
      List<String> queues,
      Map<String, Integer> prefetch,
      Duration consumerTimeout,
      Duration settleDeadline) {
    this(process, queues, prefetch, consumerTimeout, settleDeadline, Defaults.STOP_GRACE);
  }

  public EngineSettings withStopGrace(Duration grace) {
    return new EngineSettings(
        process, queues, prefetch, consumerTimeout, settleDeadline, grace, pacing);
  }

  public EngineSettings withPacing(Pacing paced) {
    return new EngineSettings(
        process, queues, prefetch, consumerTimeout, settleDeadline, stopGrace, paced);
  }
}
