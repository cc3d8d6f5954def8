package dev.warren.engine.publish;

import dev.warren.api.AccessDeniedException;
import dev.warren.engine.wire.Event;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events that are good to know and that nothing may wait for: nobody need take them, a
 * full queue of them drops the newest, and where this user may not publish them no more are. Safe
 * for concurrent use.
 */
public final class Notices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

  /** Beyond these the broker is slower than what happens: some are told too few. */
  private static final int MOST_WAITING = 10_000;

  private final EventPublisher events;
  private final String name;
  private final AtomicInteger unsettled = new AtomicInteger();
  private volatile boolean closed;
  private volatile boolean silent;

  public Notices(EventPublisher.Settings settings, Publisher publisher) {
    this.events = new EventPublisher(settings, publisher, () -> false);
    this.name = settings.name();
  }

  /** Tells an event, or drops it; returns at once. */
  public void tell(Event event) {
    if (silent || closed) {
      return;
    }
    if (unsettled.incrementAndGet() > MOST_WAITING) {
      unsettled.decrementAndGet();
      LOG.debug("{}: too many wait, one is dropped: {}", name, event);
      return;
    }
    events.publish(event, this::settled);
  }

  private void settled(PublishResult result) {
    unsettled.decrementAndGet();
    if (result instanceof PublishResult.Refused(var reason)
        && reason instanceof AccessDeniedException
        && !silent) {
      silent = true;
      LOG.warn("{}: events are not told any more: {}", name, reason.getMessage());
    }
  }

  /** Sends what waits, within the limit. */
  @Override
  public void close() {
    closed = true;
    if (!silent) {
      events.close();
    }
  }
}
