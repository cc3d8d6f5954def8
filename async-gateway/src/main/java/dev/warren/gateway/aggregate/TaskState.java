package dev.warren.gateway.aggregate;

import java.util.Locale;

/** What the gateway knows of a task: how it ended, or what it waits for. */
public enum TaskState {
  /** Accepted through this gateway; no more was heard yet. */
  SUBMITTED,
  /** Submitted with a delay; becomes due at a known time. */
  DELAYED,
  /** An attempt failed; the next one is due at a known time. */
  RETRYING,
  SUCCEEDED,
  DEAD,
  CANCELLED,
  EXPIRED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** Whether nothing follows in this generation. */
  public boolean ended() {
    return compareTo(SUCCEEDED) >= 0;
  }

  /** As it is written in JSON and in the store. */
  public String text() {
    return text;
  }
}
