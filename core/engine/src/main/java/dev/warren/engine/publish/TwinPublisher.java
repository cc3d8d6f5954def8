package dev.warren.engine.publish;

import com.rabbitmq.client.Connection;
import dev.warren.api.WarrenException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes over a second connection as well, once the first has much to do: a quorum queue lets
 * each channel have only some tens of messages under way (its {@code quorum_commands_soft_limit},
 * 32 by default), so two of them keep a busy broker busier. The second is opened when it is first
 * wanted. A broker that refuses it, as it limits connections, costs nothing but speed. When it is
 * lost and does not come back at once, the first takes over what was on it.
 *
 * <p>Messages under way at the same time may arrive in another order than they were handed over in.
 * Safe for concurrent use.
 */
public final class TwinPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TwinPublisher.class);

  /** So many messages go the same way before the other one is thought of: they travel together. */
  private static final int RUN = 32;

  /** Unconfirmed messages on the first connection from which on a second one is worth it. */
  private static final int MUCH = 128;

  private final Publisher first;
  private final String name;
  private final Publisher.Opener opener;
  private final int window;
  private final AtomicInteger given = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();

  /** Where the current run goes. */
  private volatile Publisher current;

  /** Written under the lock. */
  private volatile @Nullable Second second;

  /** Whether a second connection was open and could not be opened again. */
  private volatile boolean wasLost;

  // Guarded by lock.
  private final List<Publisher> givenUp = new ArrayList<>();
  private boolean closed;

  /**
   * @param first closed by its owner, after this
   * @param name of the second one's threads
   * @param opener opens the second connection
   * @param window unconfirmed messages at most, of the second one
   */
  public TwinPublisher(Publisher first, String name, Publisher.Opener opener, int window) {
    this.first = first;
    this.name = name;
    this.opener = opener;
    this.window = window;
    this.current = first;
  }

  /** Takes a message, as {@link Publisher#publish(Outgoing, Duration, Consumer)} does. */
  public void publish(Outgoing message, Duration deadline, Consumer<PublishResult> whenSettled) {
    Publisher way = current;
    if (given.incrementAndGet() % RUN == 0 || (way != first && !way.connected())) {
      way = next();
      current = way;
    }
    if (way != first) {
      long due = System.nanoTime() + deadline.toNanos();
      if (way.offer(new Pending(message, due, whenSettled))) {
        return;
      }
      // It was given up at this moment.
    }
    first.publish(message, deadline, whenSettled);
  }

  /** The one with less to do; the first, unless it has much. */
  private Publisher next() {
    int unsettled = first.unsettled();
    if (unsettled < MUCH) {
      return first;
    }
    Second known = second;
    // Where both are lost, it is the broker that is away.
    boolean away = wasLost && !first.connected();
    Second used = known != null || away ? known : openSecond();
    if (used == null) {
      return first;
    }
    Publisher other = used.publisher;
    return other.connected() && other.unsettled() < unsettled ? other : first;
  }

  private @Nullable Second openSecond() {
    lock.lock();
    try {
      if (second == null && !closed) {
        givenUp.removeIf(Publisher::ended);
        Second opened = new Second();
        second = opened;
        opened.publisher.start();
      }
      return second;
    } finally {
      lock.unlock();
    }
  }

  /** The second connection, from when it is wanted until it cannot be had any more. */
  private final class Second {
    final Publisher publisher = new Publisher(name, this::open, window);

    /** Whether it has ever been open; only the sender's thread uses it. */
    private boolean wasOpen;

    /** On the sender's thread. */
    private Connection open() {
      try {
        Connection connection = opener.open();
        wasOpen = true;
        return connection;
      } catch (WarrenException refused) {
        LOG.info("{} goes on with one connection: {}", name, refused.getMessage());
        if (wasOpen) {
          leave();
        }
        publisher.giveUp(first);
        throw refused;
      }
    }

    /** Another one may be opened: the broker gave one before. */
    private void leave() {
      lock.lock();
      try {
        givenUp.add(publisher);
        wasLost = true;
        second = null;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Settles what the second connection was given, as {@link Publisher#close} does. */
  @Override
  public void close() {
    List<Publisher> others;
    lock.lock();
    try {
      closed = true;
      others = new ArrayList<>(givenUp);
      Second last = second;
      if (last != null) {
        others.add(last.publisher);
      }
    } finally {
      lock.unlock();
    }
    others.forEach(Publisher::close);
  }
}
