package dev.warren.engine.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How the earlier attempts of a task failed: the first one and the last four, shortened until all
 * of it fits in {@value #MAX_BYTES} bytes. It travels in a header with every copy of the task, as
 * JSON text that nobody parses before somebody adds to it or wants to know.
 *
 * @param json an array of attempts; empty text for no story
 */
public record Story(String json) {
  /** What a story takes in a message at most, in UTF-8. */
  public static final int MAX_BYTES = 8 * 1024;

  public static final Story EMPTY = new Story("");

  private static final int LAST_ATTEMPTS = 4;

  /** How much of an attempt is told, in characters. */
  private record Detail(int names, int message, int stack) {}

  /** From rich to poor; with the last one even characters that JSON writes as six bytes fit. */
  private static final List<Detail> DETAILS =
      List.of(
          new Detail(200, 1_000, 1_000),
          new Detail(200, 500, 400),
          new Detail(120, 200, 0),
          new Detail(50, 50, 0));

  public Story {
    Objects.requireNonNull(json, "json");
  }

  /** The story in a header that any program may have written; nonsense is no story. */
  static Story read(String header) {
    boolean fits = header.length() <= MAX_BYTES && bytes(header) <= MAX_BYTES;
    return fits ? new Story(header) : EMPTY;
  }

  /** The attempts that are kept, the oldest first. What cannot be read is left out. */
  public List<PastAttempt> attempts() {
    if (json.isEmpty()) {
      return List.of();
    }
    JsonNode array;
    try {
      array = JsonCodec.tree(JsonText.of(json), "the story of a task");
    } catch (CodecException garbage) {
      return List.of();
    }
    List<PastAttempt> attempts = new ArrayList<>();
    for (JsonNode node : array.isArray() ? array : List.<JsonNode>of()) {
      if (node.path("attempt").canConvertToInt() && node.path("endedAt").isIntegralNumber()) {
        attempts.add(attempt(node));
      }
    }
    return List.copyOf(attempts);
  }

  /** The story with one more attempt. */
  public Story and(PastAttempt attempt) {
    List<PastAttempt> all = new ArrayList<>(attempts());
    all.add(attempt);
    return of(all, MAX_BYTES);
  }

  /** As much of the story as fits in so many bytes. */
  Story within(int room) {
    return bytes(json) <= room ? this : of(attempts(), room);
  }

  private static Story of(List<PastAttempt> all, int room) {
    List<PastAttempt> kept = new ArrayList<>(all);
    while (kept.size() > 1 + LAST_ATTEMPTS) {
      kept.remove(1);
    }
    while (!kept.isEmpty()) {
      for (Detail detail : DETAILS) {
        Story story = new Story(written(kept, detail));
        if (bytes(story.json) <= room) {
          return story;
        }
      }
      // The last attempt is told longest, the first one next to longest.
      kept.remove(kept.size() > 2 ? 1 : 0);
    }
    return EMPTY;
  }

  private static String written(List<PastAttempt> attempts, Detail detail) {
    ArrayNode array = JsonCodec.json().createArrayNode();
    for (PastAttempt attempt : attempts) {
      ObjectNode node = array.addObject();
      node.put("attempt", attempt.attempt());
      if (attempt.startedAt() != null) {
        node.put("startedAt", attempt.startedAt().toEpochMilli());
      }
      node.put("endedAt", attempt.endedAt().toEpochMilli());
      node.put("worker", Texts.shortened(attempt.worker(), detail.names()));
      Failure failure = attempt.failure();
      node.put("error", Texts.shortened(failure.type(), detail.names()));
      node.put("message", Texts.shortened(failure.message(), detail.message()));
      String frames = detail.stack() == 0 ? "" : Texts.shortened(frames(failure), detail.stack());
      if (!frames.isEmpty()) {
        node.put("stack", frames);
      }
    }
    return array.toString();
  }

  /** The stack without the error's message, which is told anyway and may be long. */
  private static String frames(Failure failure) {
    int first = failure.stack().indexOf("\tat ");
    return first < 0 ? failure.stack() : failure.stack().substring(first);
  }

  private static PastAttempt attempt(JsonNode node) {
    return new PastAttempt(
        node.path("attempt").asInt(),
        node.path("startedAt").isIntegralNumber()
            ? Instant.ofEpochMilli(node.path("startedAt").asLong())
            : null,
        Instant.ofEpochMilli(node.path("endedAt").asLong()),
        node.path("worker").asText(),
        new Failure(
            node.path("error").asText(),
            node.path("message").asText(),
            node.path("stack").asText()));
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
