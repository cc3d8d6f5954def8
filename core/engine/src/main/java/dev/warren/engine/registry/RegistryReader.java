package dev.warren.engine.registry;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream of announcements from its beginning to where it ended when the read began. Safe
 * for concurrent use; each read has its own connection.
 */
public final class RegistryReader {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryReader.class);
  private static final int PREFETCH = 500;
  private static final int ACKNOWLEDGE_EVERY = 100;

  /** If retention removed messages between counting and reading, the computed end never comes. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private final Connections connections;

  public RegistryReader(Connections connections) {
    this.connections = Objects.requireNonNull(connections, "connections");
  }

  /**
   * The latest announcement of each type, sorted by name.
   *
   * @param limit the longest to read; what was read by then is answered.
   * @throws dev.warren.api.TopologyMismatchException if there is no registry.
   * @throws dev.warren.api.AccessDeniedException if this user may not read it.
   */
  public List<TypeAnnouncement> read(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    try (Connection connection = connections.open("registry")) {
      Channel channel = connection.createChannel();
      long count = channel.queueDeclarePassive(TopologyNames.REGISTRY).getMessageCount();
      if (count == 0) {
        return List.of();
      }
      return List.copyOf(consume(channel, count, deadline));
    } catch (IOException | ShutdownSignalException failure) {
      throw RegistryFailures.explain(connections, failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new BrokerUnreachableException("reading the registry was interrupted", stopped);
    }
  }

  private static Collection<TypeAnnouncement> consume(Channel channel, long count, long deadline)
      throws IOException, InterruptedException {
    BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        TopologyNames.REGISTRY,
        false,
        Map.of("x-stream-offset", "first"),
        (tag, delivery) -> deliveries.add(delivery),
        tag -> LOG.debug("the registry stream was closed by the broker"));
    Map<String, TypeAnnouncement> latest = new TreeMap<>();
    long end = Long.MAX_VALUE;
    for (long read = 1; ; read++) {
      long left = Math.min(deadline - System.nanoTime(), SILENCE.toNanos());
      Delivery delivery = deliveries.poll(left, TimeUnit.NANOSECONDS);
      if (delivery == null) {
        LOG.debug("the registry was not read to its end: {} messages of {}", read - 1, count);
        return latest.values();
      }
      keep(latest, delivery);
      long offset = offset(delivery);
      if (read == 1) {
        end = offset + count - 1;
      }
      if (offset >= end || read >= count) {
        return latest.values();
      }
      if (read % ACKNOWLEDGE_EVERY == 0) {
        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), true);
      }
    }
  }

  private static long offset(Delivery delivery) {
    Map<String, Object> headers = delivery.getProperties().getHeaders();
    return headers != null && headers.get("x-stream-offset") instanceof Number offset
        ? offset.longValue()
        : 0;
  }

  private static void keep(Map<String, TypeAnnouncement> latest, Delivery delivery) {
    try {
      TypeAnnouncement announcement =
          AnnouncementCodec.read(
              JsonCodec.tree(JsonText.wrap(delivery.getBody()), "a type announcement"));
      latest.merge(
          announcement.type(),
          announcement,
          (before, now) -> now.at().isBefore(before.at()) ? before : now);
    } catch (CodecException unreadable) {
      // Written by a later version, or by hand: the others still count.
      LOG.debug("passed over an announcement", unreadable);
    }
  }
}
