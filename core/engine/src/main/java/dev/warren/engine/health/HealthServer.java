package dev.warren.engine.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.Secret;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /health/live} (200 while the process answers), {@code /health/ready} (200 or 503,
 * with JSON that says why) and {@code /metrics} (Prometheus text). Where a token is set, who does
 * not show it learns whether the process is live and ready, which is what a probe asks, and nothing
 * else. Each request runs on a virtual thread of its own; the suppliers are called there and may
 * block.
 */
public final class HealthServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthServer.class);
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** Seconds that a client may take for its request; the JDK's server has no limit by itself. */
  private static final String REQUEST_LIMIT = "10";

  private final HttpServer server;
  private final ExecutorService requests;
  private final Optional<Secret> token;
  private final Supplier<Health> health;
  private final Supplier<String> metrics;

  private HealthServer(
      HttpServer server,
      Optional<Secret> token,
      Supplier<Health> health,
      Supplier<String> metrics) {
    this.server = server;
    this.token = token;
    this.health = health;
    this.metrics = metrics;
    this.requests =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("warren-health-", 1).factory());
  }

  /**
   * Starts to serve.
   *
   * @param metrics makes the text of {@code /metrics}
   * @throws ConfigurationException if the port cannot be had, or its address not be written
   */
  public static HealthServer start(
      HealthSettings settings, Supplier<Health> health, Supplier<String> metrics) {
    if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
      System.setProperty("sun.net.httpserver.maxReqTime", REQUEST_LIMIT);
    }
    HealthServer started =
        new HealthServer(bind(settings), settings.requiredToken(), health, metrics);
    started.server.setExecutor(started.requests);
    started.server.createContext("/", started::answer);
    started.server.start();
    LOG.info("health and metrics are at {}", started.address());
    Path addressFile = settings.addressFile();
    if (addressFile != null) {
      started.tellIn(addressFile);
    }
    return started;
  }

  private void tellIn(Path file) {
    try {
      AddressFile.write(file, address(), "health and metrics");
    } catch (ConfigurationException failed) {
      close();
      throw failed;
    }
  }

  /** Where it is served. */
  public URI address() {
    String host = server.getAddress().getAddress().getHostAddress();
    return URI.create(
        "http://"
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    requests.shutdownNow();
  }

  private static HttpServer bind(HealthSettings settings) {
    try {
      return HttpServer.create(settings.address(settings.port()), 0);
    } catch (BindException taken) {
      if (!settings.exactly()) {
        LOG.info("port {} is taken; health and metrics get another one", settings.port());
        return bind(new HealthSettings(settings.host(), 0, true, settings.token()));
      }
      throw refused(settings, taken);
    } catch (IOException failed) {
      throw refused(settings, failed);
    }
  }

  private static ConfigurationException refused(HealthSettings settings, IOException why) {
    return new ConfigurationException(
        "cannot serve health and metrics on %s:%d (%s): choose another --health-port, or 0 for any"
            .formatted(settings.host(), settings.port(), why.getMessage()),
        why);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, JSON, "{\"error\":\"only GET and HEAD\"}");
      } else {
        route(exchange, allowed(exchange));
      }
    } catch (RuntimeException broken) {
      LOG.error("{} could not be answered", exchange.getRequestURI(), broken);
      throw broken;
    }
  }

  private void route(HttpExchange exchange, boolean allowed) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!allowed && !path.startsWith("/health/")) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      send(exchange, 401, JSON, "{\"error\":\"a bearer token is needed\"}");
      return;
    }
    switch (path) {
      case "/health/live" -> send(exchange, 200, JSON, "{\"status\":\"live\"}");
      case "/health/ready" -> {
        Health now = health.get();
        send(
            exchange,
            now.ready() ? 200 : 503,
            JSON,
            JsonCodec.write(allowed ? now.json() : now.status(), "health").toString());
      }
      case "/metrics" -> send(exchange, 200, PROMETHEUS, metrics.get());
      default ->
          send(
              exchange,
              404,
              JSON,
              "{\"error\":\"there are /health/live, /health/ready and /metrics\"}");
    }
  }

  private boolean allowed(HttpExchange exchange) {
    if (token.isEmpty()) {
      return true;
    }
    String shown =
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
    // In constant time, so that the answer's time tells nothing of the token.
    return MessageDigest.isEqual(
        shown.getBytes(StandardCharsets.UTF_8),
        ("Bearer " + token.get().reveal()).getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
