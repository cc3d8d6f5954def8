package dev.warren.engine.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * The message in which the book of permits is written.
 *
 * @param revision one more with each writing; of two the later counts
 */
record PermitPage(long revision, Map<String, PermitBook.Entry> entries) {
  PermitPage {
    entries = Map.copyOf(entries);
  }

  JsonText json() {
    ObjectNode json = JsonCodec.json().createObjectNode().put("revision", revision);
    ObjectNode permits = json.putObject("permits");
    new TreeMap<>(entries)
        .forEach(
            (name, entry) ->
                permits
                    .putObject(name)
                    .put("wanted", entry.wanted())
                    .put("least", entry.least())
                    .put("most", entry.most())
                    .put("at", entry.at().toEpochMilli())
                    .put("by", entry.by()));
    return JsonText.of(json.toString());
  }

  static PermitPage read(byte[] body) {
    try {
      JsonNode json = JsonCodec.json().readTree(body);
      Map<String, PermitBook.Entry> entries = new TreeMap<>();
      for (Map.Entry<String, JsonNode> each : json.path("permits").properties()) {
        JsonNode entry = each.getValue();
        entries.put(
            each.getKey(),
            new PermitBook.Entry(
                each.getKey(),
                entry.path("wanted").asInt(),
                entry.path("least").asInt(),
                entry.path("most").asInt(),
                Instant.ofEpochMilli(entry.path("at").asLong()),
                entry.path("by").asText()));
      }
      return new PermitPage(json.path("revision").asLong(), entries);
    } catch (IOException unreadable) {
      throw new CodecException(
          "the message in the queue warren.permits is no book of permits: "
              + unreadable.getMessage(),
          unreadable);
    }
  }
}
