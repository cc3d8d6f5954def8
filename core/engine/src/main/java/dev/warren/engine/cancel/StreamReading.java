package dev.warren.engine.cancel;

import com.rabbitmq.client.Delivery;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.CancellationCodec;
import dev.warren.engine.wire.QueuePauseCodec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came on one connection. A reading that goes on where an earlier one was reads its last entry
 * again: if that is not the same, the stream was made anew and must be read from its beginning.
 * Safe for concurrent use.
 */
final class StreamReading {
  private static final Logger LOG = LoggerFactory.getLogger(StreamReading.class);

  /** What becomes of the entries. */
  record Heard(KnownCancellations cancellations, PausedQueues pauses) {}

  /**
   * An entry of the stream.
   *
   * @param id its message id
   */
  record Position(long offset, String id) {}

  private final Heard heard;
  private final Clock clock;
  private final @Nullable Position from;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable Position reached;
  private boolean another;
  private long count;
  private boolean news;
  private @Nullable String ended;

  /**
   * @param from the last entry that was read before; null to read all
   */
  StreamReading(Heard heard, Clock clock, @Nullable Position from) {
    this.heard = heard;
    this.clock = clock;
    this.from = from;
  }

  /** Where to begin, as the broker wants it. */
  Object offset() {
    return from == null ? "first" : from.offset();
  }

  /** Takes an entry; on the connection's thread. */
  void hear(Delivery delivery) {
    note(delivery);
    Position here = positionOf(delivery);
    lock.lock();
    try {
      if (reached == null && from != null && !from.equals(here)) {
        another = true;
      }
      reached = here;
      count++;
      news = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void note(Delivery delivery) {
    Instant now = clock.instant();
    try {
      JsonText body = JsonText.wrap(delivery.getBody());
      if (QueuePauseCodec.TYPE.equals(delivery.getProperties().getType())) {
        heard.pauses().add(QueuePauseCodec.read(body, now), now);
      } else {
        heard.cancellations().add(CancellationCodec.read(body, now), now);
      }
    } catch (RuntimeException unreadable) {
      // Written by hand or by a later version; the others still count, and nothing that a stranger
      // writes may end the reading.
      LOG.warn("an entry of the cancellations was passed over: {}", unreadable.getMessage());
    }
  }

  private static @Nullable Position positionOf(Delivery delivery) {
    Map<String, Object> headers = delivery.getProperties().getHeaders();
    Object offset = headers == null ? null : headers.get("x-stream-offset");
    return offset instanceof Number number
        ? new Position(
            number.longValue(),
            Objects.requireNonNullElse(delivery.getProperties().getMessageId(), ""))
        : null;
  }

  /** Whether it went on where an earlier one was, and did not find its last entry there. */
  boolean isStrange() {
    lock.lock();
    try {
      return another || (from != null && reached == null);
    } finally {
      lock.unlock();
    }
  }

  /** The last entry it has read. */
  @Nullable Position position() {
    lock.lock();
    try {
      return reached;
    } finally {
      lock.unlock();
    }
  }

  long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Why it has ended, if it has. */
  Optional<String> ended() {
    lock.lock();
    try {
      return Optional.ofNullable(ended);
    } finally {
      lock.unlock();
    }
  }

  /** Ends it. */
  void end(String why) {
    lock.lock();
    try {
      if (ended == null) {
        ended = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for entries since the last call, or the end; whether there were any. */
  boolean awaitNews(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (!news && ended == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      boolean any = news;
      news = false;
      return any;
    } finally {
      lock.unlock();
    }
  }
}
