package dev.warren.producer.gateway;

import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stream of server-sent events (WHATWG HTML §9.2.6). Comments, which keep the connection
 * alive, are passed over; data that is no JSON too.
 */
final class EventReader {
  private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

  private final BufferedReader lines;
  private final Consumer<String> lastId;

  /**
   * @param lastId hears the id of each event that was read, also of one without data
   */
  EventReader(BufferedReader lines, Consumer<String> lastId) {
    this.lines = lines;
    this.lastId = lastId;
  }

  /** The next event; null at the end of the stream, where a half event means nothing. */
  @Nullable ServerEvent next() throws IOException {
    String id = "";
    String name = "";
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (!id.isEmpty()) {
          lastId.accept(id);
        }
        ServerEvent event = event(id, name, data);
        if (event != null) {
          return event;
        }
        id = "";
        name = "";
        data.setLength(0);
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "id" -> id = value;
        case "event" -> name = value;
        case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
        default -> {
          // A comment, a time to wait before reconnecting, or what later versions may send.
        }
      }
    }
    return null;
  }

  private static @Nullable ServerEvent event(String id, String name, CharSequence data) {
    if (data.isEmpty()) {
      return null;
    }
    try {
      return new ServerEvent(
          id,
          name.isEmpty() ? "message" : name,
          JsonParts.tree(JsonText.of(data.toString()), TaskStatus.KEPT, "an event of the gateway"));
    } catch (CodecException unreadable) {
      LOG.warn("an event is passed over: {}", unreadable.getMessage());
      return null;
    }
  }
}
