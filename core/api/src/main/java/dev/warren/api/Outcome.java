package dev.warren.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a task ended. Exactly one outcome is recorded per generation of a task. */
public sealed interface Outcome<R extends @Nullable Object> {

  /** The word for this outcome on the wire and in tables. */
  Status status();

  /** The four ends of a task. */
  enum Status {
    SUCCEEDED,
    DEAD,
    CANCELLED,
    EXPIRED;

    /** The word on the wire and in tables: lower case. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The handler was done; its result. */
  record Succeeded<R extends @Nullable Object>(R result) implements Outcome<R> {
    @Override
    public Status status() {
      return Status.SUCCEEDED;
    }
  }

  /** Attempts ran out or the handler rejected the task; it waits as a dead letter for a replay. */
  record Dead<R extends @Nullable Object>(Failure failure) implements Outcome<R> {
    public Dead {
      Objects.requireNonNull(failure, "failure");
    }

    @Override
    public Status status() {
      return Status.DEAD;
    }
  }

  /** Somebody cancelled the task or its batch. */
  record Cancelled<R extends @Nullable Object>() implements Outcome<R> {
    @Override
    public Status status() {
      return Status.CANCELLED;
    }
  }

  /** The task's expiry passed before it could start. */
  record Expired<R extends @Nullable Object>() implements Outcome<R> {
    @Override
    public Status status() {
      return Status.EXPIRED;
    }
  }
}
