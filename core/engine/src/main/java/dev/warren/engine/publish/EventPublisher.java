package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.EventText;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events, as many in one message as wait for the same key. At most a few event messages
 * or events are unconfirmed at a time, so what ends meanwhile travels together: an idle fleet has
 * no latency and a busy one big messages, without a timer. It has no thread: whoever brings an
 * event, or the confirm that makes room, hands the next message to the publisher. Safe for
 * concurrent use.
 */
public final class EventPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);
  private static final int UNCONFIRMED_MESSAGES = 4;

  /** While so few are unconfirmed, events need no company: a slow confirm holds up none of them. */
  private static final int FEW_EVENTS = 16;

  private static final int PERSISTENT = 2;

  private record Entry(String key, EventText event, Consumer<PublishResult> whenSettled) {}

  private final Settings settings;
  private final Publisher publisher;
  private final BooleanSupplier mandatory;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allSent = lock.newCondition();
  // Guarded by lock.
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private int unconfirmedMessages;
  private int unconfirmedEvents;

  /** Somebody sends, and looks again afterwards: one at a time, so that events stay in order. */
  private boolean sending;

  /**
   * How events are published.
   *
   * @param name for logs
   * @param appId the program that publishes
   * @param deadline how long an event may wait for the broker's confirm
   * @param closeLimit how long closing may take to send what waits
   */
  public record Settings(String name, String appId, Duration deadline, Duration closeLimit) {}

  /**
   * @param publisher goes on when this one is closed
   * @param mandatory whether somebody must take every event
   */
  public EventPublisher(Settings settings, Publisher publisher, BooleanSupplier mandatory) {
    this.settings = settings;
    this.publisher = publisher;
    this.mandatory = mandatory;
  }

  /** Takes an event; {@code whenSettled} hears once what became of the message that carries it. */
  public void publish(Event event, Consumer<PublishResult> whenSettled) {
    Entry entry = new Entry(event.routingKey(), EventCodec.text(event), whenSettled);
    lock.lock();
    try {
      waiting.addLast(entry);
    } finally {
      lock.unlock();
    }
    sendWhatWaits();
  }

  /** Sends what waits; the publisher goes on. */
  @Override
  public void close() {
    long left = settings.closeLimit().toNanos();
    lock.lock();
    try {
      while (left > 0 && (sending || !waiting.isEmpty())) {
        left = allSent.awaitNanos(left);
      }
      if (!waiting.isEmpty()) {
        LOG.warn("{}: what waits could not be sent in {}", settings.name(), settings.closeLimit());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void sendWhatWaits() {
    for (List<Entry> message = next(); !message.isEmpty(); message = next()) {
      boolean handedOver = false;
      try {
        send(message);
        handedOver = true;
      } finally {
        sent();
        if (!handedOver) {
          // It may be the only one that was under way: nothing else would send the rest.
          sendWhatWaits();
        }
      }
    }
  }

  private void sent() {
    lock.lock();
    try {
      sending = false;
      if (waiting.isEmpty()) {
        allSent.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** What to send now, all that waits for the key of the first; nothing if there is no room. */
  private List<Entry> next() {
    lock.lock();
    try {
      boolean room = unconfirmedMessages < UNCONFIRMED_MESSAGES || unconfirmedEvents < FEW_EVENTS;
      if (sending || waiting.isEmpty() || !room) {
        return List.of();
      }
      sending = true;
      List<Entry> message = takeTogether(waiting.getFirst().key());
      unconfirmedMessages++;
      unconfirmedEvents += message.size();
      return message;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what waits for that key, in order, as far as it fits into one message. Under the lock.
   */
  private List<Entry> takeTogether(String key) {
    List<Entry> message = new ArrayList<>();
    int size = 0;
    EventText before = null;
    for (Iterator<Entry> all = waiting.iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      if (!entry.key().equals(key)) {
        continue;
      }
      size += entry.event().sizeAfter(before);
      if (before != null && size > WireLimits.EVENT_FLUSH_BYTES) {
        break;
      }
      all.remove();
      message.add(entry);
      before = entry.event();
    }
    return message;
  }

  private void send(List<Entry> message) {
    Outgoing outgoing;
    try {
      outgoing = write(message);
    } catch (RuntimeException | Error unfit) {
      // Nobody else will answer for it. What the publisher has is the publisher's to answer for.
      giveUp(message, unfit);
      throw unfit;
    }
    publisher.publish(outgoing, settings.deadline(), result -> settled(message, result));
  }

  private Outgoing write(List<Entry> message) {
    String key = message.getFirst().key();
    Map<String, Object> headers = new HashMap<>();
    headers.put("warren-events", message.size());
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType(TaskWriter.JSON)
            .deliveryMode(PERSISTENT)
            .type(key.substring(0, key.indexOf('.')))
            .messageId(UUID.randomUUID().toString())
            .timestamp(Date.from(Instant.now()))
            .appId(settings.appId())
            .headers(headers)
            .build();
    return new Outgoing(
        TopologyNames.EVENTS,
        key,
        properties,
        EventCodec.message(message.stream().map(Entry::event).toList()),
        mandatory.getAsBoolean());
  }

  private void giveUp(List<Entry> message, Throwable why) {
    makeRoom(message);
    tell(
        message,
        new PublishResult.Refused(new CodecException("the events cannot be written: " + why, why)));
  }

  private void makeRoom(List<Entry> settled) {
    lock.lock();
    try {
      unconfirmedMessages--;
      unconfirmedEvents -= settled.size();
    } finally {
      lock.unlock();
    }
  }

  private void settled(List<Entry> message, PublishResult result) {
    makeRoom(message);
    // First of all: the broker works on the next message while this one is dealt with.
    sendWhatWaits();
    tell(message, result);
  }

  private static void tell(List<Entry> message, PublishResult result) {
    for (Entry entry : message) {
      try {
        entry.whenSettled().accept(result);
      } catch (RuntimeException broken) {
        // Thrown on, the others of the message would wait for ever.
        LOG.error("what waited for an event of {} failed", entry.key(), broken);
      }
    }
  }
}
