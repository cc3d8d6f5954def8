package dev.warren.gateway.http;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.health.Health;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** How the gateway is doing, its metrics, and the description of the API. */
final class HealthResource implements Resource {
  static final String DOCUMENT = "/openapi.json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<Health> health;
  private final Supplier<String> metrics;
  private final Gatekeeper gatekeeper;
  private final byte[] document = document();

  HealthResource(Supplier<Health> health, Supplier<String> metrics, Gatekeeper gatekeeper) {
    this.health = health;
    this.metrics = metrics;
    this.gatekeeper = gatekeeper;
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        Operation.get("/health/live", this::live),
        Operation.get("/health/ready", this::ready),
        Operation.get("/metrics", this::metrics),
        Operation.get(DOCUMENT, this::describe));
  }

  private void live(RoutingContext exchange) {
    Answers.json(exchange, 200, "{\"status\":\"live\"}".getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether it is ready is for everybody, why not only for who may use the API. The suppliers look
   * into running parts and may wait for their locks.
   */
  private void ready(RoutingContext exchange) {
    boolean known = gatekeeper.lets(exchange.request());
    exchange
        .vertx()
        .executeBlocking(health::get, false)
        .onFailure(exchange::fail)
        .onSuccess(
            now ->
                Answers.json(
                    exchange,
                    now.ready() ? 200 : 503,
                    JsonCodec.write(known ? now.json() : now.status(), "health").bytes()));
  }

  private void metrics(RoutingContext exchange) {
    exchange
        .vertx()
        .executeBlocking(metrics::get, false)
        .onFailure(exchange::fail)
        .onSuccess(
            text -> Answers.send(exchange, 200, PROMETHEUS, text.getBytes(StandardCharsets.UTF_8)));
  }

  private void describe(RoutingContext exchange) {
    Answers.json(exchange, 200, document);
  }

  private static byte[] document() {
    try (InputStream in =
        Objects.requireNonNull(HealthResource.class.getResourceAsStream("openapi.json"))) {
      return in.readAllBytes();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
