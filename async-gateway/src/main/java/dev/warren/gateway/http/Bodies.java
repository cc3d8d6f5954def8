package dev.warren.gateway.http;

import dev.warren.engine.codec.JsonText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Objects;

/** Reads request bodies, up to a limit. */
final class Bodies {
  private Bodies() {}

  /** The path that was asked for. */
  static String path(HttpServerRequest request) {
    return Objects.requireNonNullElse(request.path(), "");
  }

  /** The media type that the request names, without parameters. */
  static String contentType(HttpServerRequest request) {
    String given = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (given == null) {
      return "";
    }
    int parameters = given.indexOf(';');
    return (parameters < 0 ? given : given.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  static void requireContentType(HttpServerRequest request, String wanted) {
    String given = contentType(request);
    if (!given.equals(wanted)) {
      throw Problems.wrongContentType(given, wanted).thrown();
    }
  }

  /** Lets a caller that asked first begin to send. */
  static void invite(HttpServerRequest request) {
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
  }

  /** A JSON body, or an empty object where there is none. */
  static Future<byte[]> optionalJson(HttpServerRequest request, int limit) {
    if (contentType(request).isEmpty() && !announced(request)) {
      return Future.succeededFuture(JsonText.EMPTY_OBJECT.bytes());
    }
    return read(request, limit)
        .map(
            body -> {
              if (body.length == 0) {
                return JsonText.EMPTY_OBJECT.bytes();
              }
              requireContentType(request, Answers.JSON);
              return body;
            });
  }

  /** Whether the request has a body, going by its headers. */
  static boolean announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null ? !length.equals("0") : !request.isEnded();
  }

  /** A JSON body. */
  static Future<byte[]> json(HttpServerRequest request, int limit) {
    requireContentType(request, Answers.JSON);
    return read(request, limit);
  }

  /** Fails with {@link ProblemException} if there is more than the limit. */
  static Future<byte[]> read(HttpServerRequest request, int limit) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null && (length.length() > 9 || Long.parseLong(length) > limit)) {
      return Future.failedFuture(Problems.tooLarge("the body", limit).thrown());
    }
    Promise<byte[]> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    request.exceptionHandler(
        gone -> whole.tryFail(Problems.badRequest("the body ended in the middle").thrown()));
    request.handler(
        part -> {
          if (body.length() + part.length() > limit) {
            request.handler(null);
            whole.tryFail(Problems.tooLarge("the body", limit).thrown());
          } else {
            body.appendBuffer(part);
          }
        });
    request.endHandler(nothing -> whole.tryComplete(body.getBytes()));
    invite(request);
    return whole.future();
  }
}
