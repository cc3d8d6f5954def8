package dev.warren.engine.registry;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.TopologyNames;
import java.util.Optional;

/** Says what went wrong with the stream of announcements, and what to do. */
final class RegistryFailures {
  private RegistryFailures() {}

  static TopologyMismatchException unbound(Connections connections) {
    return new TopologyMismatchException(
        "virtual host '"
            + connections.settings().virtualHost()
            + "' has an exchange "
            + TopologyNames.REGISTRY
            + " and no stream bound to it: run 'warren topology apply'");
  }

  static WarrenException explain(Connections connections, Exception failure) {
    Optional<BrokerRefusal> refusal = BrokerRefusal.in(failure);
    if (refusal.isEmpty()) {
      return new BrokerUnreachableException(
          "the connection to the broker at "
              + connections.settings().address()
              + " was lost at "
              + TopologyNames.REGISTRY
              + "; try again",
          failure);
    }
    if (refusal.get().isAccessRefused()) {
      return new AccessDeniedException(
          "user '"
              + connections.settings().username()
              + "' has no permission on "
              + TopologyNames.REGISTRY
              + " ("
              + refusal.get().text()
              + "): workers need write, clients read",
          failure);
    }
    return new TopologyMismatchException(
        "virtual host '"
            + connections.settings().virtualHost()
            + "' has no usable "
            + TopologyNames.REGISTRY
            + " ("
            + refusal.get().text()
            + "): start a worker, or run 'warren topology apply'",
        failure);
  }
}
