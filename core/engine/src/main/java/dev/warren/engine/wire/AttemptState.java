package dev.warren.engine.wire;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which execution of a task a message asks for.
 *
 * @param generation from 1; plus 1 for each replay
 * @param attempt from 1
 * @param firstAttemptAt when the first attempt started, if it has
 * @param lastError how the previous attempt failed, if it did
 */
public record AttemptState(
    int generation, int attempt, @Nullable Instant firstAttemptAt, @Nullable String lastError) {
  public static final AttemptState FIRST = new AttemptState(1, 1, null, null);

  /** Longer errors are cut: they travel in a header. */
  private static final int MAX_ERROR = 1_000;

  public AttemptState {
    if (generation < 1 || attempt < 1) {
      throw new IllegalArgumentException(
          "generation and attempt count from 1, not " + generation + " and " + attempt);
    }
    if (lastError != null) {
      lastError = shortened(lastError);
    }
  }

  static String shortened(String error) {
    return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR - 1) + "…";
  }

  /** The state for the next attempt after a failed one. */
  public AttemptState next(Instant started, String error) {
    return new AttemptState(
        generation, attempt + 1, firstAttemptAt == null ? started : firstAttemptAt, error);
  }
}
