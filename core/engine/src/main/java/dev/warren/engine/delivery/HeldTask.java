package dev.warren.engine.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.Progress;
import dev.warren.engine.wire.TaskMessage;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task that a process holds now.
 *
 * @param since when the attempt started; of one that waits for a slot, when it was delivered
 * @param attempt the attempt that runs or will
 * @param lane the lane's word
 * @param progress what the attempt said last of its progress, if it did
 */
public record HeldTask(
    TaskId task,
    int generation,
    int attempt,
    String type,
    String queue,
    State state,
    Instant since,
    String lane,
    @Nullable Progress progress) {
  /** What a process does with a task. */
  public enum State {
    /** Delivered; waits for a slot in its lane. */
    HELD,
    RUNNING,
    /** Given up, but its handler has not returned. */
    STUCK;

    /** As it is written. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public HeldTask {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(since, "since");
  }

  /** Without progress. */
  public HeldTask(
      TaskId task,
      int generation,
      int attempt,
      String type,
      String queue,
      State state,
      Instant since,
      String lane) {
    this(task, generation, attempt, type, queue, state, since, lane, null);
  }

  HeldTask withProgress(Optional<Progress> said) {
    return new HeldTask(
        task, generation, attempt, type, queue, state, since, lane, said.orElse(null));
  }

  /** How a process holds a task that came in a message. */
  static HeldTask of(TaskMessage task, String lane, State state, Instant since) {
    return new HeldTask(
        task.id(),
        task.generation(),
        task.attempt(),
        task.type(),
        task.queue(),
        state,
        since,
        lane);
  }

  /** As in {@code about.found} of a pong; times are epoch milliseconds. */
  public ObjectNode json() {
    ObjectNode json = JsonCodec.json().createObjectNode();
    if (progress != null) {
      json.putObject("progress")
          .put("fraction", progress.fraction())
          .put("message", progress.message())
          .put("at", progress.at().toEpochMilli());
    }
    return json.put("task", task.toString())
        .put("generation", generation)
        .put("attempt", attempt)
        .put("type", type)
        .put("queue", queue)
        .put("state", state.word())
        .put("since", since.toEpochMilli())
        .put("lane", lane);
  }

  /**
   * Reads {@code about.found} of a pong.
   *
   * @throws CodecException if it is none
   */
  public static HeldTask read(JsonNode found) {
    String state = found.path("state").asText();
    if (Arrays.stream(State.values()).noneMatch(known -> known.word().equals(state))) {
      throw new CodecException("a task is running, held or stuck, not '" + state + "'");
    }
    return new HeldTask(
        TaskId.of(found.path("task").asText()),
        found.path("generation").asInt(1),
        found.path("attempt").asInt(1),
        found.path("type").asText(),
        found.path("queue").asText(),
        State.valueOf(state.toUpperCase(Locale.ROOT)),
        Instant.ofEpochMilli(found.path("since").asLong()),
        found.path("lane").asText(),
        progress(found.path("progress")));
  }

  private static @Nullable Progress progress(JsonNode said) {
    return said.isObject()
        ? new Progress(
            said.path("fraction").asDouble(),
            said.path("message").asText(),
            Instant.ofEpochMilli(said.path("at").asLong()))
        : null;
  }
}
