package dev.warren.gateway.http;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which request goes where, and what all of them go through. */
final class Routes {
  private final HttpMetrics metrics;
  private final Traffic traffic;
  private final Gatekeeper gatekeeper;
  private final List<Operation> operations;

  Routes(HttpMetrics metrics, Traffic traffic, Gatekeeper gatekeeper, List<Resource> resources) {
    this.metrics = metrics;
    this.traffic = traffic;
    this.gatekeeper = gatekeeper;
    this.operations = resources.stream().flatMap(each -> each.operations().stream()).toList();
  }

  List<Operation> operations() {
    return operations;
  }

  /** A router for one event loop. */
  Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.route().handler(metrics::observe);
    router.route().handler(traffic::enter);
    router.route().handler(this::admit);
    Map<String, List<Operation>> byPath = new LinkedHashMap<>();
    operations.forEach(
        one -> byPath.computeIfAbsent(one.path(), path -> new ArrayList<>()).add(one));
    byPath.forEach((path, possible) -> add(router, path, possible));
    router.route().handler(Routes::nothingThere);
    router.route().failureHandler(Routes::failed);
    return router;
  }

  /** Health is for everybody, whatever else is not. What cannot be read goes no further. */
  private void admit(RoutingContext exchange) {
    String path;
    try {
      path = exchange.normalizedPath();
      MultiMap _ = exchange.request().params();
    } catch (IllegalArgumentException malformed) {
      Answers.problem(
          exchange,
          Problems.badRequest(
              "the address cannot be read: two hexadecimal digits must follow each %"));
      return;
    }
    if (path.startsWith("/health/")) {
      exchange.next();
    } else {
      gatekeeper.check(exchange);
    }
  }

  private static void add(Router router, String path, List<Operation> possible) {
    router
        .route(Operation.route(path))
        .handler(
            exchange -> {
              Operation.note(exchange, path);
              exchange.next();
            });
    for (Operation one : possible) {
      router.route(one.method(), one.route()).handler(one.handler());
    }
    String allowed =
        possible.stream().map(one -> one.method().name()).collect(Collectors.joining(", "));
    router
        .route(Operation.route(path))
        .handler(
            exchange -> {
              exchange.response().putHeader(HttpHeaders.ALLOW, allowed);
              Answers.problem(
                  exchange,
                  Problems.wrongMethod(
                      exchange.request().method().name(),
                      Bodies.path(exchange.request()),
                      allowed));
            });
  }

  private static void nothingThere(RoutingContext exchange) {
    Answers.problem(exchange, Problems.noRoute(Bodies.path(exchange.request())));
  }

  private static void failed(RoutingContext exchange) {
    Throwable failure = exchange.failure();
    if (failure != null) {
      Answers.problem(exchange, failure);
    } else {
      Answers.problem(
          exchange,
          Problems.badRequest("the path cannot be read; GET /openapi.json describes the API"));
    }
  }
}
