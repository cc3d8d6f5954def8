package dev.warren.engine.delivery;

import com.rabbitmq.client.Connection;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.connection.BrokerVersion;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long attempts may take, against how long the broker waits for an acknowledgement. Since 4.3 a
 * consumer says how long; before, it is the node's {@code consumer_timeout}, which cannot be asked
 * for, and a delivery that takes longer goes to another worker while its task still runs here.
 */
final class AttemptSpan {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptSpan.class);

  /** A delivery also waits here before it starts, and for its settlement. */
  private static final double SAFE_SHARE = 0.8;

  private final Duration allowed;
  private final Duration stopGrace;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * @param allowed the node's timeout, as it was configured here
   * @param stopGrace what an attempt gets to end after its time limit
   */
  AttemptSpan(Duration allowed, Duration stopGrace) {
    this.allowed = allowed;
    this.stopGrace = stopGrace;
  }

  /** What a consumer of these types asks the broker for. */
  Duration timeout(Collection<? extends Registration<?, ?>> served) {
    Duration longest =
        served.stream().map(this::longest).max(Duration::compareTo).orElse(Duration.ZERO);
    Duration needed = Duration.ofMillis((long) (longest.toMillis() / SAFE_SHARE));
    return needed.compareTo(allowed) > 0 ? needed : allowed;
  }

  /** What is to be told of types that a broker takes back before they are done. */
  List<String> tooLong(
      Optional<BrokerVersion> broker, Collection<? extends Registration<?, ?>> served) {
    if (broker.isPresent() && broker.get().atLeast(4, 3)) {
      return List.of();
    }
    Duration safe = Duration.ofMillis((long) (allowed.toMillis() * SAFE_SHARE));
    return served.stream()
        .filter(registration -> longest(registration).compareTo(safe) > 0)
        .map(
            registration ->
                "type %s may take %s, its stop grace included, but this broker takes a task back after %s (broker.consumer-timeout) and has it run again elsewhere: raise consumer_timeout in rabbitmq.conf and broker.consumer-timeout with it, or lower the time limit"
                    .formatted(
                        registration.type().name(),
                        Durations.format(longest(registration)),
                        Durations.format(allowed)))
        .toList();
  }

  /** Warns of such types, at the first connection. */
  void tell(Connection broker, Collection<? extends Registration<?, ?>> served) {
    if (told.compareAndSet(false, true)) {
      tooLong(BrokerVersion.of(broker), served).forEach(LOG::warn);
    }
  }

  private Duration longest(Registration<?, ?> registration) {
    return registration.type().options().timeLimit().plus(stopGrace);
  }
}
