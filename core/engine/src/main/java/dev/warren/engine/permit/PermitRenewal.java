package dev.warren.engine.permit;

import dev.warren.api.WarrenException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the permits of a name renewed when they have been given back often. A quorum queue keeps its
 * log until it is empty, which a queue of permits never is by itself: about 85 bytes for each
 * attempt on RabbitMQ 3.10. Renewing takes all permits, as they come free, before anybody else, and
 * gives up soon if one is held for longer. One at a time, on a thread {@code
 * warren-permits-renewal}.
 *
 * <p>Used by the desk's thread only.
 */
final class PermitRenewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PermitRenewal.class);

  /** Tens of megabytes. */
  private static final int AFTER = 200_000;

  /** When it did not work. */
  private static final int AGAIN_AFTER = 20_000;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final PermitBook book;
  private final int after;
  private final Map<String, Integer> returned = new HashMap<>();
  private @Nullable Thread thread;

  PermitRenewal(PermitBook book) {
    this(book, AFTER);
  }

  /**
   * @param after how many returns by this process
   */
  PermitRenewal(PermitBook book, int after) {
    this.book = book;
    this.after = after;
  }

  /** A permit was given back. */
  void returned(String name) {
    int times = returned.merge(name, 1, Integer::sum);
    if (times < after || (thread != null && thread.isAlive())) {
      return;
    }
    returned.put(name, Math.max(0, after - AGAIN_AFTER));
    thread = Thread.ofVirtual().name("warren-permits-renewal").start(() -> renew(name));
  }

  private void renew(String name) {
    try {
      LOG.debug("permits '{}' are {}", name, book.renew(name, PATIENCE) ? "new" : "in use");
    } catch (WarrenException failed) {
      LOG.info("permits '{}' could not be renewed: {}", name, failed.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      if (thread != null && !thread.join(CLOSE_LIMIT)) {
        thread.interrupt();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
