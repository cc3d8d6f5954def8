package dev.warren.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task was refused before or by the broker, and certainly not accepted. Mend it and submit it
 * again.
 */
public final class TaskRefusedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  /** Why a task was refused. */
  public enum Reason {
    /** No queue serves this type: a misspelt name, or no worker registered it yet. */
    UNKNOWN_TYPE,
    /** The queue does not exist or takes no more. */
    QUEUE,
    /** Arguments or headers are larger than the wire contract allows. */
    TOO_LARGE,
    /** The arguments do not fit the type's schema. */
    INVALID_ARGUMENTS
  }

  private final Reason reason;

  public TaskRefusedException(Reason reason, String message) {
    this(reason, message, null);
  }

  public TaskRefusedException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
