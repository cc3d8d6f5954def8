package dev.warren.engine.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Lane;
import dev.warren.api.Names;
import dev.warren.api.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A process says that it runs a type.
 *
 * @param queue where tasks of the type go.
 * @param lane how this process runs it.
 * @param description one line for people; may be empty.
 * @param argumentsSchema JSON Schema (2020-12) of the arguments.
 * @param resultSchema JSON Schema of the result.
 * @param timeLimit the longest an attempt may run.
 * @param maxAttempts attempts in all.
 * @param version of the program that runs it; may be empty.
 * @param process who says so: the text of its {@code ProcessName}.
 * @param at when.
 * @param guest whether the queue is another than the type's own, from which the process takes tasks
 *     only because it was told to serve no other.
 */
public record TypeAnnouncement(
    String type,
    String queue,
    Lane lane,
    String description,
    JsonNode argumentsSchema,
    JsonNode resultSchema,
    Duration timeLimit,
    int maxAttempts,
    String version,
    String process,
    Instant at,
    boolean guest) {
  public TypeAnnouncement {
    Names.key(queue, type);
    Objects.requireNonNull(lane, "lane");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(argumentsSchema, "argumentsSchema");
    Objects.requireNonNull(resultSchema, "resultSchema");
    Objects.requireNonNull(timeLimit, "timeLimit");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(at, "at");
  }

  /** The announcement of a type with its own options and schemas made from its classes. */
  public static TypeAnnouncement of(
      TaskType<?, ?> type, Lane lane, String version, String process, Instant at) {
    return new TypeAnnouncement(
        type.name(),
        type.options().queue(),
        lane,
        type.description(),
        Schemas.of(type.argumentType()),
        Schemas.of(type.resultType()),
        type.options().timeLimit(),
        type.options().retry().maxAttempts(),
        version,
        process,
        at,
        false);
  }

  /** The same for a queue that the process serves. */
  public TypeAnnouncement in(String served) {
    return new TypeAnnouncement(
        type,
        served,
        lane,
        description,
        argumentsSchema,
        resultSchema,
        timeLimit,
        maxAttempts,
        version,
        process,
        at,
        !served.equals(queue));
  }

  TypeAnnouncement at(Instant time) {
    return new TypeAnnouncement(
        type,
        queue,
        lane,
        description,
        argumentsSchema,
        resultSchema,
        timeLimit,
        maxAttempts,
        version,
        process,
        time,
        guest);
  }
}
