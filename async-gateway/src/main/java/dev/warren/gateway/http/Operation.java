package dev.warren.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;

/**
 * What can be done with a resource.
 *
 * @param path as in the OpenAPI document: {@code /v1/tasks/{id}}
 */
record Operation(HttpMethod method, String path, Handler<RoutingContext> handler) {
  private static final String KEY = "warren.operation";

  Operation {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(handler, "handler");
  }

  static Operation get(String path, Handler<RoutingContext> handler) {
    return new Operation(HttpMethod.GET, path, handler);
  }

  static Operation post(String path, Handler<RoutingContext> handler) {
    return new Operation(HttpMethod.POST, path, handler);
  }

  /** The path as the router wants it: {@code /v1/tasks/:id}. */
  String route() {
    return route(path);
  }

  static String route(String path) {
    return path.replaceAll("\\{(\\w+)}", ":$1");
  }

  /** Remembers the resource that a request turned out to be for. */
  static void note(RoutingContext exchange, String path) {
    exchange.put(KEY, path);
  }

  /** The path of the resource that a request is for; {@code none} if there is no such. */
  static String of(RoutingContext exchange) {
    String path = exchange.get(KEY);
    return path == null ? "none" : path;
  }
}
