package dev.warren.api;

/**
 * Thrown by a {@link TaskFunction} for a task that can never succeed: it is dead at once, without
 * retry.
 */
public final class RejectedTask extends WarrenException {
  private static final long serialVersionUID = 1L;

  public RejectedTask(String message) {
    super(message);
  }

  public RejectedTask(String message, Throwable cause) {
    super(message, cause);
  }
}
