package dev.warren.gateway.tasks;

import dev.warren.api.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients of a gateway: two for each event loop, because a request that is aborted closes
 * its connection, and only on the connection's own loop is it certain that it still is the
 * request's and not the next one's. HTTP/1.1: there an aborted request ends with its socket.
 */
final class HttpClients {
  /** A PEM file of the authorities to trust instead of Java's own. */
  static final String TRUST = "http.trust";

  private static final int CONNECT_MILLIS = 10_000;
  private static final int KEEP_ALIVE_SECONDS = 15;

  private final Vertx vertx;
  private final @Nullable Path trust;
  private final Map<Thread, HttpClient> pooled = new ConcurrentHashMap<>();
  private final Map<Thread, HttpClient> single = new ConcurrentHashMap<>();

  HttpClients(Vertx vertx, Optional<Path> trust) {
    this.vertx = vertx;
    this.trust = trust.orElse(null);
  }

  static HttpClients of(Vertx vertx, Function<String, Optional<String>> settings) {
    Optional<Path> trust = settings.apply(TRUST).map(Path::of);
    trust
        .filter(file -> !Files.isReadable(file))
        .ifPresent(
            file -> {
              throw new ConfigurationException(TRUST + " names no readable file: " + file);
            });
    return new HttpClients(vertx, trust);
  }

  /** Of this event loop; keeps connections for the next request. */
  HttpClient pooled() {
    return pooled.computeIfAbsent(Thread.currentThread(), loop -> client(true));
  }

  /** Of this event loop; closes each connection after its request. */
  HttpClient single() {
    return single.computeIfAbsent(Thread.currentThread(), loop -> client(false));
  }

  private HttpClient client(boolean keepAlive) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setConnectTimeout(CONNECT_MILLIS)
            .setKeepAlive(keepAlive)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setTcpNoDelay(true)
            .setForceSni(true)
            .setVerifyHost(true);
    if (trust != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(trust.toString()));
    }
    // The limits are ConnectionLimits; here nothing may wait for a second time.
    return vertx.createHttpClient(
        options, new PoolOptions().setHttp1MaxSize(1_000_000).setMaxWaitQueueSize(-1));
  }
}
