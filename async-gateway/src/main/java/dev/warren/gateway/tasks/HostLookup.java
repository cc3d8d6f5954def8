package dev.warren.gateway.tasks;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Finds the addresses of a host. */
@FunctionalInterface
interface HostLookup {
  /** The addresses of a name or literal; fails if there are none. Never blocks. */
  Future<List<InetAddress>> addresses(String host);

  /** As the machine is configured: hosts file and resolv.conf, with Vert.x's cache. */
  static HostLookup ofSystem(Vertx vertx) {
    return host -> {
      Context own = vertx.getOrCreateContext();
      Promise<List<InetAddress>> found = Promise.promise();
      // Vert.x resolves names only on its way to a connection; here the answer is needed before.
      ((VertxInternal) vertx)
          .nameResolver()
          .resolveAll(
              host,
              answer ->
                  own.runOnContext(
                      nothing -> {
                        if (answer.succeeded()) {
                          found.complete(
                              answer.result().stream().map(InetSocketAddress::getAddress).toList());
                        } else {
                          found.fail(answer.cause());
                        }
                      }));
      return found.future();
    };
  }
}
