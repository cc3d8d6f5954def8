package dev.warren.engine.wire;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which execution of a task a message asks for.
 *
 * @param generation from 1; plus 1 for each replay
 * @param attempt from 1
 * @param firstAttemptAt when the first attempt started, if it has
 * @param lastError how the previous attempt failed, if it did
 * @param story how earlier attempts of this generation failed
 */
public record AttemptState(
    int generation,
    int attempt,
    @Nullable Instant firstAttemptAt,
    @Nullable String lastError,
    Story story) {
  public static final AttemptState FIRST = new AttemptState(1, 1, null, null);

  /** Longer errors are cut: they travel in a header. */
  private static final int MAX_ERROR = 1_000;

  /** So that the next one is a number, too. */
  private static final int LARGEST = 1_000_000_000;

  /** Without a story. */
  public AttemptState(
      int generation, int attempt, @Nullable Instant firstAttemptAt, @Nullable String lastError) {
    this(generation, attempt, firstAttemptAt, lastError, Story.EMPTY);
  }

  public AttemptState {
    Objects.requireNonNull(story, "story");
    if (generation < 1 || attempt < 1 || generation > LARGEST || attempt > LARGEST) {
      throw new IllegalArgumentException(
          "generation and attempt count from 1 to %d; they are %d and %d"
              .formatted(LARGEST, generation, attempt));
    }
    if (lastError != null) {
      lastError = shortened(lastError);
    }
  }

  static String shortened(String error) {
    return Texts.shortened(error, MAX_ERROR);
  }

  /** The state for the next attempt after a failed one. */
  AttemptState after(PastAttempt failed) {
    Instant first = firstAttemptAt == null ? failed.startedAt() : firstAttemptAt;
    return new AttemptState(
        generation, attempt + 1, first, failed.failure().toString(), story.and(failed));
  }

  /** The state of a task that ends with this failure. */
  AttemptState endedBy(PastAttempt failed) {
    return new AttemptState(generation, attempt, firstAttemptAt, lastError, story.and(failed));
  }

  /** The first attempt of the next generation, which remembers one line of this one. */
  AttemptState replayed() {
    String memory =
        "generation %d died at attempt %d: %s"
            .formatted(generation, attempt, lastError == null ? "no reason is known" : lastError);
    return new AttemptState(generation + 1, 1, null, memory);
  }
}
