package dev.warren.gateway.aggregate;

import java.util.Locale;

/** Where a batch stands. */
public enum BatchState {
  /** Members may still be added. */
  OPEN,
  /** All members are known; some have not ended. */
  CLOSED,
  /** Every member has ended. */
  COMPLETED,
  /** It was never closed, and nothing was heard of it for the idle time. */
  ABANDONED;

  /** As it is written in JSON and in the store. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
