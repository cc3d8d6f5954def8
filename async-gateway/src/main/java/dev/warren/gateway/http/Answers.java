package dev.warren.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Writes whole answers. */
final class Answers {
  static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";
  static final String NDJSON = "application/x-ndjson";
  static final String EVENTS = "text/event-stream";

  private Answers() {}

  static void json(RoutingContext exchange, int status, byte[] body) {
    send(exchange, status, JSON, body);
  }

  static void send(RoutingContext exchange, int status, String type, byte[] body) {
    HttpServerResponse response = exchange.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(Buffer.buffer(body));
  }

  /** Tells what is wrong; where the answer has begun already, it is cut off. */
  static void problem(RoutingContext exchange, Throwable failure) {
    problem(exchange, Problems.of(failure));
  }

  static void problem(RoutingContext exchange, Problem problem) {
    HttpServerResponse response = exchange.response();
    if (response.headWritten()) {
      response.reset();
      return;
    }
    if (problem.retryAfter() != null) {
      response.putHeader(HttpHeaders.RETRY_AFTER, problem.retryAfter().toString());
    }
    send(exchange, problem.status(), PROBLEM, Documents.problem(problem));
    UnreadBody.discard(exchange.request());
  }
}
