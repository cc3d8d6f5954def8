package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.WarrenException;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.FleetQuery;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** Which queues are paused, as those say that would serve them. */
final class Pauses {
  /** Who would serve a queue answers soon; a listing should not wait for long. */
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private Pauses() {}

  /** By queue: by whom and since when. */
  static Map<String, String> of(List<Pong> answers) {
    Map<String, String> paused = new TreeMap<>();
    for (Pong pong : answers) {
      for (JsonNode consumer : pong.about().path("consumers")) {
        JsonNode pause = consumer.path("paused");
        if (pause.isObject()) {
          paused.put(consumer.path("queue").asText(), text(pause));
        }
      }
    }
    return paused;
  }

  private static String text(JsonNode pause) {
    String by = pause.path("by").asText();
    return (by.isEmpty() ? "" : "by " + by + " ")
        + "since "
        + Instant.ofEpochMilli(pause.path("since").asLong());
  }

  /** As {@link #ask(FleetQuery)}, with a client of its own. */
  static Map<String, String> ask(Cli cli) {
    try (WarrenClient client = cli.client(1)) {
      return ask(client.fleet());
    } catch (WarrenException unreachable) {
      LoggerFactory.getLogger(Pauses.class).debug("pauses are not known", unreachable);
      return Map.of();
    }
  }

  /** Asks the fleet; knows of none if it may not ask or nobody answers. */
  static Map<String, String> ask(FleetQuery fleet) {
    try {
      return of(fleet.ping(LIMIT));
    } catch (WarrenException unanswered) {
      // Good to know and no more: a producer's user may not ask processes.
      LoggerFactory.getLogger(Pauses.class).debug("pauses are not known", unanswered);
      return Map.of();
    }
  }
}
