package dev.warren.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** The text of an event stream, as the HTML standard has it (server-sent events). */
final class ServerSentEvents {
  private ServerSentEvents() {}

  /** An event from which a reader can go on later. */
  static void append(Buffer to, String name, long id, byte[] data) {
    to.appendString("id: ").appendString(Long.toString(id)).appendString("\n");
    append(to, name, data);
  }

  /** An event that changes nothing in where a reader would go on. */
  static void append(Buffer to, String name, byte[] data) {
    to.appendString("event: ").appendString(name).appendString("\ndata: ");
    to.appendBytes(data).appendString("\n\n");
  }

  /** The id of the last event that a reader has seen, if it comes back. */
  static Optional<Long> lastId(RoutingContext exchange) {
    String text = exchange.request().getHeader("Last-Event-ID");
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    return Optional.of(Numbers.parse("Last-Event-ID", text, Long.MAX_VALUE));
  }

  /** Tells a browser that came back for more that there is none: it does not come again. */
  static void nothingMore(RoutingContext exchange) {
    exchange.response().setStatusCode(204).putHeader("Cache-Control", "no-store").end();
  }
}
