package dev.warren.engine.publish;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A message from its acceptance by the publisher until it is settled. Guarded by the publisher's
 * lock.
 */
final class Pending {
  final Outgoing message;
  final long deadlineNanos;
  private final Consumer<PublishResult> whenSettled;

  /** Its number on the current channel. */
  long sequence;

  /** Whether it may have reached the broker, on this channel or an earlier one. */
  volatile boolean sent;

  /** Channel errors for which it was the first suspect. */
  int channelErrors;

  /** Set by a return, which comes before the confirm of the same message. */
  @Nullable PublishResult returned;

  /** Settled while still in flight, by its deadline: a late confirm finds nothing to do. */
  boolean settled;

  Pending(Outgoing message, long deadlineNanos, Consumer<PublishResult> whenSettled) {
    this.message = message;
    this.deadlineNanos = deadlineNanos;
    this.whenSettled = whenSettled;
  }

  boolean overdue(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /** Tells the caller. Not under the lock. */
  void settle(PublishResult result) {
    whenSettled.accept(result);
  }
}
