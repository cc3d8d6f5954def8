package dev.warren.engine.delivery;

import dev.warren.api.WarrenException;

/**
 * A body could not begin in this process, for a reason that is not the task's: nothing has run, and
 * the same attempt is tried again, here or elsewhere, some seconds later.
 */
public final class NotStartedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason why, for people
   */
  public NotStartedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
