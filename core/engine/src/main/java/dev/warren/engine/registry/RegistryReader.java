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
import dev.warren.engine.connection.StreamReplay;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream of announcements from its beginning to where it ended when the read began. Safe
 * for concurrent use; each read has its own connection.
 */
public final class RegistryReader {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryReader.class);
  private static final Duration EMPTY_AFTER = Duration.ofSeconds(1);

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
    Map<String, TypeAnnouncement> latest = new ConcurrentSkipListMap<>();
    try (Connection connection = connections.open("registry")) {
      Channel channel = connection.createChannel();
      StreamReplay replay =
          new StreamReplay(channel, TopologyNames.REGISTRY, delivery -> keep(latest, delivery));
      replay.start(() -> LOG.debug("the broker ended the reading of the registry"));
      if (!replay.awaitEnd(limit, EMPTY_AFTER)) {
        LOG.debug("the registry was not read to its end within {}", limit);
      }
    } catch (IOException | ShutdownSignalException failure) {
      throw RegistryFailures.explain(connections, failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new BrokerUnreachableException("reading the registry was interrupted", stopped);
    }
    return List.copyOf(latest.values());
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
