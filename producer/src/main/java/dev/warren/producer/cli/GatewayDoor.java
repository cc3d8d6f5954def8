package dev.warren.producer.cli;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.GatewaySettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A way to the gateway. Where an address was configured the broker is not needed; else the fleet is
 * asked, and without a broker the usual place is tried.
 */
final class GatewayDoor implements AutoCloseable {
  private final GatewayClient gateway;
  private final @Nullable WarrenClient client;

  private GatewayDoor(GatewayClient gateway, @Nullable WarrenClient client) {
    this.gateway = gateway;
    this.client = client;
  }

  static GatewayDoor open(Cli cli) {
    Optional<GatewaySettings> configured = cli.gatewaySettings();
    if (configured.isPresent()) {
      return new GatewayDoor(new GatewayClient(configured.get()), null);
    }
    try {
      WarrenClient client = cli.client(1);
      return new GatewayDoor(client.gateway(), client);
    } catch (BrokerUnreachableException alone) {
      LoggerFactory.getLogger(GatewayDoor.class)
          .debug("the fleet cannot be asked for a gateway", alone);
      return new GatewayDoor(
          new GatewayClient(GatewaySettings.of(GatewaySettings.DEFAULT_URI)), null);
    }
  }

  GatewayClient client() {
    return gateway;
  }

  @Override
  public void close() {
    gateway.close();
    if (client != null) {
      client.close();
    }
  }
}
