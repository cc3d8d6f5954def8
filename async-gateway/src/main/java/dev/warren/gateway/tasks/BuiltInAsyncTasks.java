package dev.warren.gateway.tasks;

import dev.warren.api.FilesRoot;
import dev.warren.gateway.lane.AsyncTaskProvider;
import dev.warren.gateway.lane.AsyncTaskRegistry;
import io.vertx.core.Vertx;

/**
 * Registers the tasks that come with the gateway, all in the queue {@code async}: {@code
 * http.request}, {@code http.download}, {@code tcp.probe} and {@code dns.lookup}. Reads the
 * settings {@code http.allow-private}, {@code http.allow}, {@code http.connections}, {@code
 * http.connections-per-host}, {@code http.trust}, {@code dns.server}, {@code files-root} and {@code
 * output-root}.
 */
public final class BuiltInAsyncTasks implements AsyncTaskProvider {
  /** The queue of tasks that wait for others. */
  static final String QUEUE = "async";

  @Override
  public void register(AsyncTaskRegistry registry) {
    register(registry, HostLookup.ofSystem(registry.vertx()));
  }

  static void register(AsyncTaskRegistry registry, HostLookup lookup) {
    Vertx vertx = registry.vertx();
    Destinations destinations = new Destinations(lookup, AddressRules.of(registry::setting));
    HttpCall.Outside outside =
        new HttpCall.Outside(
            vertx,
            destinations,
            ConnectionLimits.of(registry::setting),
            HttpClients.of(vertx, registry::setting));
    registry.registerVerdicts(HttpRequest.TYPE, new HttpRequest(outside));
    registry.registerVerdicts(
        HttpDownload.TYPE, new HttpDownload(outside, FilesRoot.output(registry::setting)));
    registry.register(TcpProbe.TYPE, new TcpProbe(vertx, destinations));
    registry.register(DnsLookup.TYPE, new DnsLookup(vertx, registry::setting));
  }
}
