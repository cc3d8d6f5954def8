package dev.warren.producer.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway knows of a task.
 *
 * @param attempt the last attempt that was heard of; 0 if none
 * @param worker the process that ran it; empty if none did
 * @param lane how it ran; empty if it did not
 * @param dueAt when it becomes due, of one that waits
 * @param result of a success
 * @param failure of a dead task, or of the last attempt of one that is tried again
 * @param batch the batch it is a member of
 * @param sequence grows with each recorded change
 * @param json the gateway's own words
 */
public record TaskStatus(
    TaskId id,
    int generation,
    String type,
    String queue,
    State state,
    int attempt,
    String worker,
    String lane,
    @Nullable Instant enqueuedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant dueAt,
    @Nullable JsonText result,
    @Nullable Failure failure,
    @Nullable String batch,
    @Nullable Long batchIndex,
    long sequence,
    JsonNode json) {
  /** How a task ended, or what it waits for. */
  public enum State {
    /** Accepted through the gateway; no more was heard yet. */
    SUBMITTED,
    /** Submitted with a delay. */
    DELAYED,
    /** An attempt failed; the next one is due at a known time. */
    RETRYING,
    SUCCEEDED,
    DEAD,
    CANCELLED,
    EXPIRED;

    /** Whether nothing follows. */
    public boolean ended() {
      return compareTo(SUCCEEDED) >= 0;
    }

    /** As the gateway writes it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public TaskStatus {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
  }

  /** The field that is passed on as it stands. */
  static final Predicate<String> KEPT = "result"::equals;

  static TaskStatus read(JsonNode json) {
    JsonNode result = json.get("result");
    JsonNode failure = json.get("failure");
    return new TaskStatus(
        TaskId.of(Documents.text(json, "id")),
        json.path("generation").asInt(1),
        json.path("type").asText(),
        json.path("queue").asText(),
        Documents.choice(json, "state", State.class),
        json.path("attempt").asInt(),
        json.path("worker").asText(),
        json.path("lane").asText(),
        Documents.time(json, "enqueuedAt"),
        Documents.time(json, "startedAt"),
        Documents.time(json, "endedAt"),
        Documents.time(json, "dueAt"),
        result == null ? null : JsonParts.text(result, "a result"),
        failure == null || failure.isNull()
            ? null
            : new Failure(
                failure.path("type").asText(),
                failure.path("message").asText(),
                failure.path("stack").asText()),
        json.hasNonNull("batch") ? json.get("batch").asText() : null,
        json.hasNonNull("batchIndex") ? Long.valueOf(json.get("batchIndex").asLong()) : null,
        json.path("sequence").asLong(),
        json);
  }
}
