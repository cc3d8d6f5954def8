package dev.warren.engine.doctor;

import dev.warren.engine.configuration.Durations;
import dev.warren.engine.connection.BrokerVersion;
import dev.warren.engine.registry.TypeAnnouncement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether the broker lets tasks run as long as their types allow. */
final class TimeLimitCheck {
  private static final String WHAT = "time limits";

  /** A delivery also waits in the worker before it starts. */
  private static final double SAFE_SHARE = 0.8;

  private TimeLimitCheck() {}

  static List<Finding> of(
      List<TypeAnnouncement> types, Duration consumerTimeout, Optional<BrokerVersion> version) {
    if (version.isPresent() && version.get().atLeast(4, 3)) {
      return List.of(
          Finding.ok(WHAT, "workers ask for the consumer timeout that their types need"));
    }
    Duration safe = Duration.ofMillis((long) (consumerTimeout.toMillis() * SAFE_SHARE));
    List<TypeAnnouncement> tooLong =
        types.stream().filter(type -> type.timeLimit().compareTo(safe) > 0).toList();
    if (tooLong.isEmpty()) {
      return List.of(
          Finding.ok(
              WHAT,
              "all announced types fit a consumer timeout of "
                  + Durations.format(consumerTimeout)));
    }
    return tooLong.stream()
        .map(
            type ->
                Finding.error(
                    WHAT,
                    "type "
                        + type.type()
                        + " may run "
                        + Durations.format(type.timeLimit())
                        + ", but the broker takes a task back after "
                        + Durations.format(consumerTimeout)
                        + " (broker.consumer-timeout)",
                    "raise consumer_timeout in rabbitmq.conf and broker.consumer-timeout with it,"
                        + " or lower the time limit"))
        .toList();
  }
}
