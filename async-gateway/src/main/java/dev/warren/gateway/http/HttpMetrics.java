package dev.warren.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;

/**
 * Counts what the API is asked. Labels are templates of paths, never the paths themselves. Safe for
 * concurrent use.
 */
final class HttpMetrics {
  private static final Set<String> METHODS = Set.of("GET", "POST", "HEAD");

  private final MeterRegistry registry;

  HttpMetrics(MeterRegistry registry, Traffic traffic) {
    this.registry = registry;
    gauge("warren.http.requests.open", "Requests that are answered now", traffic, Traffic.REQUESTS);
    for (Traffic.Kind kind : Traffic.Kind.values()) {
      Gauge.builder("warren.http.held", traffic, one -> one.open(kind))
          .description("Requests that stay open: waits, streams, uploads")
          .tag("kind", kind.word())
          .register(registry);
    }
  }

  /** Takes the time of a request until its answer is sent or its caller is gone. */
  void observe(RoutingContext exchange) {
    long began = System.nanoTime();
    exchange.addEndHandler(
        ended -> {
          String method = exchange.request().method().name();
          Timer.builder("warren.http.requests")
              .description("Requests by resource and status; 499 if the caller went away")
              .tag("method", METHODS.contains(method) ? method : "other")
              .tag("resource", Operation.of(exchange))
              .tag(
                  "status",
                  ended.succeeded() ? String.valueOf(exchange.response().getStatusCode()) : "499")
              .register(registry)
              .record(Duration.ofNanos(System.nanoTime() - began));
        });
    exchange.next();
  }

  /** Counts lines of uploads that the broker has confirmed. */
  Counter uploadedTasks() {
    return Counter.builder("warren.http.uploaded.tasks")
        .description("Tasks that came in NDJSON uploads and were confirmed")
        .register(registry);
  }

  private void gauge(
      String name,
      String description,
      Traffic traffic,
      java.util.function.ToDoubleFunction<Traffic> value) {
    Gauge.builder(name, traffic, value).description(description).register(registry);
  }
}
