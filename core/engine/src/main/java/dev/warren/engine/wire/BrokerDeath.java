package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Failure;
import dev.warren.engine.topology.TopologyNames;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says of a message that it dead-lettered.
 *
 * @param from the queue; empty if nothing says
 * @param reason {@code delivery_limit}, {@code expired}, {@code maxlen} or {@code rejected}; empty
 *     if nothing says
 * @param count how often that has happened to it there
 * @param at when it happened first, in seconds; null if nothing says
 * @see <a href="https://www.rabbitmq.com/docs/dlx#effects">the x-death header</a>
 */
record BrokerDeath(String from, String reason, long count, @Nullable Instant at) {
  private static final BrokerDeath UNKNOWN = new BrokerDeath("", "", 0, null);

  /** Reads the entry of a work queue; waiting on the ladder leaves entries, too. */
  static BrokerDeath of(BasicProperties properties, String queue) {
    Map<String, Object> headers = properties.getHeaders();
    if (headers == null || !(headers.get("x-death") instanceof List<?> deaths)) {
      return UNKNOWN;
    }
    String work = TopologyNames.work(queue);
    BrokerDeath found = UNKNOWN;
    for (Object death : deaths) {
      if (death instanceof Map<?, ?> entry) {
        BrokerDeath read = of(entry);
        if (read.from.equals(work)) {
          return read;
        }
        // The newest comes first.
        found = found.equals(UNKNOWN) ? read : found;
      }
    }
    return found;
  }

  Failure failure() {
    return switch (reason) {
      case "delivery_limit" ->
          Failure.of(
              Failure.DELIVERY_LIMIT,
              "it came back to queue "
                  + from
                  + " without an acknowledgement more often than its delivery limit allows: workers"
                  + " that had it crashed or lost the broker");
      case "expired" ->
          Failure.of("Expired", "it stayed in queue " + from + " beyond its time to live");
      case "maxlen" -> Failure.of("MaxLength", "queue " + from + " is longer than its limit");
      case "rejected" ->
          Failure.of("BrokerRejected", "a consumer of queue " + from + " rejected it for good");
      default ->
          Failure.of(
              "DeadLettered",
              reason.isEmpty()
                  ? "the broker dead-lettered it and nothing says why"
                  : "the broker dead-lettered it from queue " + from + ": " + reason);
    };
  }

  private static BrokerDeath of(Map<?, ?> entry) {
    return new BrokerDeath(
        text(entry.get("queue")),
        text(entry.get("reason")),
        entry.get("count") instanceof Number count ? count.longValue() : 0,
        entry.get("time") instanceof Date time ? time.toInstant() : null);
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
