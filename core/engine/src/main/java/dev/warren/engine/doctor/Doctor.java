package dev.warren.engine.doctor;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerVersion;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.registry.RegistryReader;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks a broker over as a user of the fleet: login, version, topology, permissions, alarms, time
 * limits and what lies in queues that should be served. Changes nothing but a waiting queue of its
 * own, which it deletes again. Blocks for some seconds.
 */
public final class Doctor {
  private static final Logger LOG = LoggerFactory.getLogger(Doctor.class);
  private static final Duration REGISTRY_LIMIT = Duration.ofSeconds(5);

  private final Connections connections;
  private final Optional<URI> management;
  private final Duration consumerTimeout;
  private final Supplier<Map<String, String>> pauses;

  /**
   * A doctor for one broker and user.
   *
   * @param management the root of the management API, where known: shows alarms and bindings. Has
   *     the broker's credentials unless it carries its own.
   * @param consumerTimeout what the node allows between delivery and acknowledgement; AMQP does not
   *     tell.
   */
  public Doctor(Connections connections, Optional<URI> management, Duration consumerTimeout) {
    this(connections, management, consumerTimeout, Map::of);
  }

  /**
   * A doctor who can ask which queues are paused.
   *
   * @param pauses by whom and since when, by queue; asked at most once, if nobody consumes a queue
   */
  public Doctor(
      Connections connections,
      Optional<URI> management,
      Duration consumerTimeout,
      Supplier<Map<String, String>> pauses) {
    this.pauses = Objects.requireNonNull(pauses, "pauses");
    this.connections = Objects.requireNonNull(connections, "connections");
    this.management = Objects.requireNonNull(management, "management");
    this.consumerTimeout = Objects.requireNonNull(consumerTimeout, "consumerTimeout");
  }

  /** All findings, in the order of the checks; after a refused login only that one. */
  public List<Finding> check() {
    List<Finding> findings = new ArrayList<>();
    Optional<BrokerVersion> version;
    try (Connection connection = connections.open("doctor")) {
      version = BrokerVersion.of(connection);
      findings.add(
          Finding.ok(
              "connection",
              "user '"
                  + connections.settings().username()
                  + "' at "
                  + connections.settings().uri()));
    } catch (WarrenException refused) {
      return List.of(
          Finding.error("connection", String.valueOf(refused.getMessage()), "see there"));
    } catch (IOException | ShutdownSignalException lost) {
      LOG.debug("the first connection ended early", lost);
      return List.of(
          Finding.error("connection", "was lost at once: " + lost.getMessage(), "try again"));
    }
    findings.addAll(VersionCheck.of(version));
    examine(findings, version);
    return findings;
  }

  private void examine(List<Finding> findings, Optional<BrokerVersion> version) {
    try {
      List<TypeAnnouncement> types = types(findings);
      Set<String> queues = new TreeSet<>(Set.of("default"));
      types.forEach(type -> queues.add(type.queue()));
      Topology topology = Topology.fleet();
      for (String queue : queues) {
        topology = topology.and(Topology.workQueue(queue));
      }
      findings.addAll(TopologyCheck.of(new Declarer(connections).diff(topology), queues));
      findings.addAll(new SubmitProbe(connections).findings());
      findings.addAll(TimeLimitCheck.of(types, consumerTimeout, version));
      findings.addAll(DepthCheck.of(connections, queues, types, pauses));
      for (TypeAnnouncement type : types) {
        topology = topology.and(Topology.type(type.queue(), type.type()));
      }
      if (management.isPresent()) {
        findings.addAll(
            new ManagementCheck(management.get(), connections.settings()).findings(topology));
      }
    } catch (WarrenException failure) {
      findings.add(
          Finding.error(
              "examination", String.valueOf(failure.getMessage()), "mend it, and repeat"));
    }
  }

  private List<TypeAnnouncement> types(List<Finding> findings) {
    try {
      List<TypeAnnouncement> types = new RegistryReader(connections).read(REGISTRY_LIMIT);
      findings.add(
          types.isEmpty()
              ? Finding.note(
                  "task types",
                  "none is announced",
                  "start a worker; until then clients send unknown types to 'default'")
              : Finding.ok("task types", types.size() + " are announced"));
      return types;
    } catch (WarrenException unreadable) {
      findings.add(
          Finding.warning(
              "task types", String.valueOf(unreadable.getMessage()), "see the next findings"));
      return List.of();
    }
  }
}
