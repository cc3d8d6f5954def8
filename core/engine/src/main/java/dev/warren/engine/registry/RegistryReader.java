package dev.warren.engine.registry;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.Names;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.StreamReplay;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream of announcements from its beginning to where it ended when the read began. Safe
 * for concurrent use; each read has its own connection.
 */
public final class RegistryReader {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryReader.class);
  private static final Duration EMPTY_AFTER = Duration.ofSeconds(1);

  /** Workers announce daily: whoever has not for longer is not there any more. */
  private static final Duration GONE_AFTER = Duration.ofHours(26);

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
    return List.copyOf(latestOfEach(readEveryQueue(limit)).values());
  }

  /**
   * Like {@link #read}, but the latest announcement of each type in each queue that it was
   * announced for, in the order in which they came.
   */
  List<TypeAnnouncement> readEveryQueue(Duration limit) {
    Announced latest = new Announced();
    try (Connection connection = connections.open("registry")) {
      Channel channel = connection.createChannel();
      StreamReplay replay =
          new StreamReplay(channel, TopologyNames.REGISTRY, delivery -> latest.keep(delivery));
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
    return latest.inOrder();
  }

  /**
   * The latest announcement of each type, sorted by name; of two at one time the later one. As long
   * as somebody serves a type's own queue, that is where its tasks go, whoever else starts.
   */
  static SortedMap<String, TypeAnnouncement> latestOfEach(List<TypeAnnouncement> announcements) {
    SortedMap<String, TypeAnnouncement> latest = new TreeMap<>();
    announcements.forEach(each -> latest.merge(each.type(), each, RegistryReader::better));
    return latest;
  }

  private static TypeAnnouncement better(TypeAnnouncement before, TypeAnnouncement now) {
    if (before.guest() == now.guest()) {
      return later(before, now);
    }
    TypeAnnouncement host = before.guest() ? now : before;
    TypeAnnouncement guest = before.guest() ? before : now;
    return host.at().isBefore(guest.at().minus(GONE_AFTER)) ? guest : host;
  }

  private static TypeAnnouncement later(TypeAnnouncement before, TypeAnnouncement now) {
    return now.at().isBefore(before.at()) ? before : now;
  }

  /** What was read so far: written by the connection's thread, also beyond the limit. */
  private static final class Announced {
    private final Map<String, TypeAnnouncement> byKey = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    List<TypeAnnouncement> inOrder() {
      lock.lock();
      try {
        return List.copyOf(byKey.values());
      } finally {
        lock.unlock();
      }
    }

    void keep(Delivery delivery) {
      try {
        TypeAnnouncement announcement =
            AnnouncementCodec.read(
                JsonCodec.tree(JsonText.wrap(delivery.getBody()), "a type announcement"));
        String key = Names.key(announcement.queue(), announcement.type());
        lock.lock();
        try {
          TypeAnnouncement before = byKey.remove(key);
          byKey.put(key, before == null ? announcement : later(before, announcement));
        } finally {
          lock.unlock();
        }
      } catch (CodecException unreadable) {
        // Written by a later version, or by hand: the others still count.
        LOG.debug("passed over an announcement", unreadable);
      }
    }
  }
}
