package dev.warren.producer.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway knows of a batch.
 *
 * @param members how many members it has; null until it is sealed
 * @param cancelled members that were cancelled
 * @param cancelRequestedAt when somebody cancelled the batch; null if nobody did
 * @param sequence grows with each recorded change
 * @param json the gateway's own words
 */
public record BatchStatus(
    String id,
    String description,
    State state,
    @Nullable Long members,
    long succeeded,
    long dead,
    long cancelled,
    long expired,
    @Nullable Instant openedAt,
    @Nullable Instant closedAt,
    @Nullable Instant completedAt,
    @Nullable Instant cancelRequestedAt,
    long sequence,
    JsonNode json) {
  /** Where a batch stands. */
  public enum State {
    /** Members may still be added. */
    OPEN,
    /** It is sealed; some members have not ended. */
    CLOSED,
    /** Every member has ended. */
    COMPLETED,
    /** It was never sealed, and nothing was heard of it for long. */
    ABANDONED;

    /** Whether the batch is over. */
    public boolean ended() {
      return this == COMPLETED || this == ABANDONED;
    }

    /** As the gateway writes it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public BatchStatus {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
  }

  /** Members that have ended, however. */
  public long ended() {
    return succeeded + dead + cancelled + expired;
  }

  /** Members that have ended in another way than success. */
  public long failed() {
    return ended() - succeeded;
  }

  /** How many members it has, once that is known. */
  public OptionalLong total() {
    return members == null ? OptionalLong.empty() : OptionalLong.of(members);
  }

  static BatchStatus read(JsonNode json) {
    return new BatchStatus(
        Documents.text(json, "id"),
        json.path("description").asText(),
        Documents.choice(json, "state", State.class),
        json.hasNonNull("members") ? Long.valueOf(json.get("members").asLong()) : null,
        json.path("succeeded").asLong(),
        json.path("dead").asLong(),
        json.path("cancelled").asLong(),
        json.path("expired").asLong(),
        Documents.time(json, "openedAt"),
        Documents.time(json, "closedAt"),
        Documents.time(json, "completedAt"),
        Documents.time(json, "cancelRequestedAt"),
        json.path("sequence").asLong(),
        json);
  }
}
