package dev.warren.gateway.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a client still sends after its request was refused: passed over for a while, so that it
 * comes to reading the answer, and then cut off.
 */
final class UnreadBody {
  private static final long MOST_BYTES = 4L << 20;

  private UnreadBody() {}

  static void discard(HttpServerRequest request) {
    if (request.isEnded()) {
      return;
    }
    AtomicLong passed = new AtomicLong();
    request.exceptionHandler(gone -> {});
    request.handler(
        bytes -> {
          if (passed.addAndGet(bytes.length()) > MOST_BYTES) {
            request.connection().close();
          }
        });
    request.resume();
  }
}
