package dev.warren.gateway.http;

import dev.warren.api.Names;
import dev.warren.api.Priority;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.configuration.BackOffText;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.wire.Lineage;
import dev.warren.producer.RawTask;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A task that a caller wants done: the body of a submission, or a line of an upload.
 *
 * @param arguments exactly as they were sent
 */
record TaskRequest(String type, JsonText arguments, SubmitOptions options) {
  private static final Set<String> FIELDS =
      Set.of(
          "type",
          "arguments",
          "queue",
          "id",
          "priority",
          "in",
          "at",
          "expires",
          "maxAttempts",
          "backOff",
          "timeLimit");

  TaskRequest {
    Names.requireType(type);
  }

  /**
   * Reads the JSON object.
   *
   * @throws ProblemException naming the field that does not fit
   */
  static TaskRequest read(byte[] json, Clock clock) {
    Map<String, JsonText> fields = JsonFields.of(json, FIELDS);
    if (!fields.containsKey("type")) {
      throw Problems.invalid(
              "'type' is missing: name the task type, as in {\"type\":\"echo\",\"arguments\":{}}")
          .thrown();
    }
    return new TaskRequest(
        JsonFields.text(fields, "type").orElseThrow(),
        fields.getOrDefault("arguments", JsonText.EMPTY_OBJECT),
        options(fields, clock));
  }

  /** A line that is nothing but the arguments. */
  static TaskRequest bare(String type, JsonText json) {
    return new TaskRequest(type, json, SubmitOptions.DEFAULT);
  }

  TaskRequest withId(TaskId id) {
    return new TaskRequest(type, arguments, options.withId(id));
  }

  /** As the library takes it; nobody waits for its outcome there. */
  RawTask raw() {
    return RawTask.of(type, arguments).withOptions(options);
  }

  /** As a member of a batch. */
  RawTask raw(TaskId id, String batch, long index) {
    return withId(id).raw().withLineage(Lineage.of(id).withBatch(batch, index));
  }

  private static SubmitOptions options(Map<String, JsonText> fields, Clock clock) {
    SubmitOptions options = SubmitOptions.DEFAULT;
    Optional<String> id = JsonFields.text(fields, "id");
    if (id.isPresent()) {
      options = options.withId(TaskId.of(id.get()));
    }
    Optional<String> queue = JsonFields.text(fields, "queue");
    if (queue.isPresent()) {
      options = options.withQueue(queue.get());
    }
    Optional<String> priority = JsonFields.text(fields, "priority");
    if (priority.isPresent()) {
      options = options.withPriority(priority(priority.get()));
    }
    Optional<Integer> attempts = JsonFields.number(fields, "maxAttempts");
    if (attempts.isPresent()) {
      options = options.withMaxAttempts(attempts.get());
    }
    Optional<String> backOff = JsonFields.text(fields, "backOff");
    if (backOff.isPresent()) {
      options = options.withBackOff(BackOffText.parse(backOff.get()));
    }
    Optional<String> limit = JsonFields.text(fields, "timeLimit");
    if (limit.isPresent()) {
      options = options.withTimeLimit(Durations.parse(limit.get()));
    }
    return withTimes(options, fields, clock);
  }

  private static SubmitOptions withTimes(
      SubmitOptions options, Map<String, JsonText> fields, Clock clock) {
    Optional<String> delay = JsonFields.text(fields, "in");
    Optional<String> at = JsonFields.text(fields, "at");
    if (delay.isPresent() && at.isPresent()) {
      throw Problems.invalid("'in' and 'at' both say when to run: give one of them").thrown();
    }
    SubmitOptions timed = options;
    if (delay.isPresent()) {
      timed = timed.withNotBefore(clock.instant().plus(Durations.parse(delay.get())));
    } else if (at.isPresent()) {
      timed = timed.withNotBefore(time("at", at.get()));
    }
    Optional<String> expires = JsonFields.text(fields, "expires");
    if (expires.isEmpty()) {
      return timed;
    }
    Instant expiry =
        expires.get().contains(":")
            ? time("expires", expires.get())
            : clock.instant().plus(Durations.parse(expires.get()));
    if (!expiry.isAfter(clock.instant())) {
      throw Problems.invalid("'expires' is in the past: " + expires.get()).thrown();
    }
    return timed.withExpiresAt(expiry);
  }

  private static Instant time(String field, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw Problems.invalid(
              "'" + field + "' is no time: '" + text + "'; write it as 2026-11-22T10:00:00Z")
          .thrown();
    }
  }

  private static Priority priority(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "high" -> Priority.HIGH;
      case "normal" -> Priority.NORMAL;
      case "low" -> Priority.LOW;
      default ->
          throw Problems.invalid("'priority' is high, normal or low, not '" + word + "'").thrown();
    };
  }
}
