package dev.warren.gateway;

import dev.warren.engine.configuration.Key;
import java.util.List;

/** Shows the settings of the gateway program to the checks of the deployment. */
public final class GatewayDoor {
  private GatewayDoor() {}

  public static List<Key<?>> keys() {
    return GatewayKeys.ALL;
  }
}
