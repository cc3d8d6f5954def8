package dev.warren.engine.permit;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a new permit in the place of one that was given back often: a quorum queue keeps its log
 * from its oldest message on, so a permit that is never acknowledged would let the log grow by
 * about 200 bytes with each attempt, for ever. The old one is acknowledged before the new one is
 * sent, so there is never one too many; a process that ends without a word in between leaves one
 * too few, which {@code warren permits set} mends.
 *
 * <p>Used by the desk's thread only.
 */
final class PermitRenewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PermitRenewal.class);

  /** How often a permit is given back before it is renewed. */
  static final long AFTER = 5_000;

  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Publisher publisher;
  private boolean started;

  PermitRenewal(Connections connections) {
    // Not on the connection of the permits: a broker in alarm stops one that publishes.
    publisher =
        new Publisher("warren-permits-publisher", () -> connections.open("permits-publish"), 16);
  }

  /** Sends a new permit; tries again, while this process lives, until the broker has it. */
  void renew(String name) {
    if (!started) {
      started = true;
      publisher.start();
    }
    publisher.publish(
        permit(name),
        DEADLINE,
        result -> {
          if (!(result instanceof PublishResult.Confirmed)) {
            LOG.error(
                "a permit '{}' was to be renewed and is lost ({}): 'warren permits set' makes a new"
                    + " one",
                name,
                result);
          }
        });
  }

  /** One more permit of a name. */
  static Outgoing permit(String name) {
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId(UUID.randomUUID().toString())
            .contentType("application/json")
            .type("permit")
            .deliveryMode(2)
            .timestamp(Date.from(Instant.now()))
            .build();
    return new Outgoing(
        TopologyNames.PERMITS,
        TopologyNames.permitsKey(name),
        properties,
        JsonText.of("{\"permit\":\"" + name + "\"}"),
        true);
  }

  @Override
  public void close() {
    if (!started) {
      return;
    }
    try {
      publisher.awaitSettled(CLOSE_LIMIT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    publisher.close();
  }
}
