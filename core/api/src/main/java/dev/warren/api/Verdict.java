package dev.warren.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a handler answers for one attempt. */
public sealed interface Verdict<R> {

  /** The task succeeded. */
  static <R extends @Nullable Object> Verdict<R> done(R result) {
    return new Done<>(result);
  }

  /** The attempt failed; the next one comes after the type's back-off, while attempts are left. */
  static <R> Verdict<R> retry(Failure failure) {
    return new Retry<>(failure, null);
  }

  /** The attempt failed; the next one comes after the given wait, while attempts are left. */
  static <R> Verdict<R> retryAfter(Duration wait, Failure failure) {
    return new Retry<>(failure, wait);
  }

  /** Not now: run the task again after the wait. Uses no attempt. */
  static <R> Verdict<R> snooze(Duration wait) {
    return new Snooze<>(wait);
  }

  /** The task can never succeed: it is dead at once. */
  static <R> Verdict<R> reject(Failure failure) {
    return new Reject<>(failure);
  }

  /** See {@link #done}. */
  record Done<R extends @Nullable Object>(R result) implements Verdict<R> {}

  /** See {@link #retry} and {@link #retryAfter}. */
  record Retry<R>(Failure failure, @Nullable Duration pause) implements Verdict<R> {
    public Retry {
      Objects.requireNonNull(failure, "failure");
      if (pause != null && pause.isNegative()) {
        throw new IllegalArgumentException("a pause must not be negative: " + pause);
      }
    }

    /** The wait that the handler asked for, if it did. */
    public Optional<Duration> after() {
      return Optional.ofNullable(pause);
    }
  }

  /** See {@link #snooze}. */
  record Snooze<R>(Duration pause) implements Verdict<R> {
    public Snooze {
      if (pause.isNegative()) {
        throw new IllegalArgumentException("a pause must not be negative: " + pause);
      }
    }
  }

  /** See {@link #reject}. */
  record Reject<R>(Failure failure) implements Verdict<R> {
    public Reject {
      Objects.requireNonNull(failure, "failure");
    }
  }
}
