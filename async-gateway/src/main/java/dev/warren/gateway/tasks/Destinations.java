package dev.warren.gateway.tasks;

import dev.warren.api.RejectedTask;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Where tasks may connect to: resolves a host once and hands out those of its addresses that are
 * open. Who connects must connect to these, not to the name: a name may resolve to something else a
 * moment later.
 */
record Destinations(HostLookup lookup, AddressRules rules) {

  /**
   * The open addresses of a host, at least one. Fails with {@link RejectedTask} if all it has are
   * closed, and with {@link UnreachableException} if it has none.
   */
  Future<List<InetAddress>> of(String host) {
    return lookup
        .addresses(host)
        .recover(
            unknown ->
                Future.failedFuture(
                    new UnreachableException(
                        "host '" + host + "' is not known: " + unknown.getMessage(), unknown)))
        .map(found -> open(host, found));
  }

  private List<InetAddress> open(String host, List<InetAddress> found) {
    List<InetAddress> open = new ArrayList<>();
    List<String> objections = new ArrayList<>();
    for (InetAddress each : found) {
      InetAddress address = Network.of(each.getAddress());
      rules.objection(host, address).ifPresentOrElse(objections::add, () -> open.add(address));
    }
    if (open.isEmpty()) {
      throw new RejectedTask(
          "this gateway does not connect to '%s': %s; whoever runs it can allow that with --set %s=%s"
              .formatted(host, String.join(", ", objections), AddressRules.ALLOW, host));
    }
    return open;
  }
}
