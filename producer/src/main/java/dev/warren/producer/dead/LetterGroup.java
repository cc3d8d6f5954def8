package dev.warren.producer.dead;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Letters that died of the same.
 *
 * @param queue the task queue; empty if nobody knows
 * @param type the task type; empty if nobody knows
 * @param error the error's class
 * @param message the error's message, with {@code #} for its numbers and ids
 * @param letters how many
 * @param oldest when the first one died, if that is known
 * @param newest when the last one died, if that is known
 * @param example the id of one of them
 */
public record LetterGroup(
    String queue,
    String type,
    String error,
    String message,
    long letters,
    @Nullable Instant oldest,
    @Nullable Instant newest,
    String example) {}
