package dev.warren.engine.cancel;

import dev.warren.engine.topology.Topology;
import dev.warren.engine.wire.QueuePause;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queues that are paused, as a process has heard: for 15 days at most, as long as their entries
 * are kept for processes that start later. Safe for concurrent use.
 */
public final class PausedQueues {
  private static final Duration KEPT = Topology.CANCELLATION_RETENTION;

  private final Map<String, QueuePause> paused = new ConcurrentHashMap<>();

  /** Who paused a queue and when, if it is paused. */
  public Optional<QueuePause> of(String queue) {
    return Optional.ofNullable(paused.get(queue));
  }

  /** Notes the next entry of the stream. */
  void add(QueuePause entry, Instant now) {
    // A clock that is ahead must not make a pause last longer.
    Instant at = entry.at().isAfter(now) ? now : entry.at();
    if (entry.paused() && at.isAfter(now.minus(KEPT))) {
      paused.put(entry.queue(), new QueuePause(entry.queue(), true, at, entry.by()));
    } else {
      paused.remove(entry.queue());
    }
  }

  /** Forgets what is older than 15 days; whether there was any. */
  boolean prune(Instant now) {
    return paused.values().removeIf(entry -> !entry.at().isAfter(now.minus(KEPT)));
  }

  /** Forgets all, before the stream is read from its beginning. */
  void clear() {
    paused.clear();
  }
}
