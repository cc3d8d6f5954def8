package dev.warren.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events as a browser does. */
final class EventReader implements AutoCloseable {
  private final HttpResponse<InputStream> answer;
  private final BufferedReader lines;
  private String lastId = "";
  private int comments;

  /**
   * An event.
   *
   * @param id the last id that was seen, this event's or an earlier one's
   */
  record Event(String id, String name, String data) {
    JsonNode json() {
      return JsonCodec.tree(JsonText.of(data), "the event's data");
    }
  }

  EventReader(HttpResponse<InputStream> answer) {
    this.answer = answer;
    this.lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  int status() {
    return answer.statusCode();
  }

  /** Comments that were passed over. */
  int comments() {
    return comments;
  }

  Event next() throws IOException {
    return Objects.requireNonNull(read(), "the stream has ended");
  }

  /** Waits for what comes next: nothing. */
  boolean ended() throws IOException {
    return read() == null;
  }

  private @Nullable Event read() throws IOException {
    String name = "message";
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty() && !data.isEmpty()) {
        return new Event(lastId, name, data.toString());
      } else if (line.startsWith(":")) {
        comments++;
      } else if (line.startsWith("id: ")) {
        lastId = line.substring(4);
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(line.substring(6));
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
