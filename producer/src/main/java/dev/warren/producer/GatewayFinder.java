package dev.warren.producer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.ConfigurationException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.GatewaySettings;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the gateway: where it was configured, else where one says that it is, else at the usual
 * place. A token is only ever sent to a configured address, as anybody who may publish events could
 * tell another one.
 */
final class GatewayFinder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayFinder.class);
  private static final Duration PING_LIMIT = Duration.ofSeconds(1);

  private final Optional<GatewaySettings> configured;
  private final FleetQuery fleet;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private @Nullable GatewayClient client;

  GatewayFinder(Optional<GatewaySettings> configured, FleetQuery fleet) {
    this.configured = configured;
    this.fleet = fleet;
  }

  GatewayClient client() {
    lock.lock();
    try {
      GatewayClient known = client;
      if (known == null) {
        known = new GatewayClient(configured.orElseGet(this::asked));
        client = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private GatewaySettings asked() {
    try {
      Optional<GatewaySettings> told =
          fleet
              .pingFor(pong -> address(pong).isPresent(), PING_LIMIT)
              .flatMap(GatewayFinder::address);
      if (told.isPresent()) {
        return told.get();
      }
    } catch (WarrenException unanswered) {
      LOG.debug("the fleet was not asked for a gateway", unanswered);
    }
    return GatewaySettings.of(GatewaySettings.DEFAULT_URI);
  }

  /** The address that a process tells, if it is one that can be reached from here. */
  static Optional<GatewaySettings> address(Pong pong) {
    JsonNode http = pong.about().path("http");
    if (!http.isTextual() || http.asText().isEmpty()) {
      return Optional.empty();
    }
    String text = http.asText().contains("://") ? http.asText() : "http://" + http.asText();
    try {
      GatewaySettings told = GatewaySettings.of(URI.create(text));
      boolean here = pong.about().path("host").asText().equals(ProcessName.of("client").host());
      return here || !isOnlyThere(told.uri().getHost()) ? Optional.of(told) : Optional.empty();
    } catch (IllegalArgumentException | ConfigurationException unreadable) {
      LOG.debug("{} tells an address that is none: {}", pong.process(), text, unreadable);
      return Optional.empty();
    }
  }

  /** Loopback, or all addresses of a machine: from another one, both would lead to itself. */
  private static boolean isOnlyThere(String host) {
    try {
      // A name is not looked up: only what is surely of its machine must not be.
      boolean literal = host.matches("[0-9.]+|\\[.*\\]");
      InetAddress address = literal ? InetAddress.getByName(host) : null;
      return host.equals("localhost")
          || (address != null && (address.isLoopbackAddress() || address.isAnyLocalAddress()));
    } catch (UnknownHostException unreadable) {
      return false;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (client != null) {
        client.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
