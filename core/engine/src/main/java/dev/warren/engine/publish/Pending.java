package dev.warren.engine.publish;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message from its acceptance by the publisher until it is settled. Guarded by the {@link
 * Backlog}'s lock.
 */
final class Pending {
  private static final Logger LOG = LoggerFactory.getLogger(Pending.class);

  final Outgoing message;
  final long deadlineNanos;
  private final Consumer<PublishResult> whenSettled;

  /** Whether it may have reached the broker, on this channel or an earlier one. */
  volatile boolean sent;

  /** Set by a return, which comes before the confirm of the same message. */
  @Nullable PublishResult returned;

  /** Why the AMQP client cannot encode it. Of the thread that sends it, then of the sender. */
  @Nullable RuntimeException unfit;

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
    try {
      whenSettled.accept(result);
    } catch (RuntimeException broken) {
      // Thrown on, it would close the channel, and with it fail messages of others.
      LOG.error("what waited for message {} failed", message.properties().getMessageId(), broken);
    }
  }
}
