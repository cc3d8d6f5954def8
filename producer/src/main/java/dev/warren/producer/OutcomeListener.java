package dev.warren.producer;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Listens on this client's waiting queue, on a connection of its own. One thread owns connection
 * and channel, hears the events and comes back after a loss; the queue outlives the loss, so
 * nothing is missed. The thread starts with the first task that is waited for; the queue is deleted
 * at the end.
 */
final class OutcomeListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeListener.class);
  private static final String THREAD = "warren-client-outcomes";
  private static final int PREFETCH = 1_000;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Connections connections;
  private final String token;
  private final String queue;
  private final Consumer<Event> hearing;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private boolean started;
  private boolean closed;
  private int attempts;
  private @Nullable WarrenException lastFailure;
  private @Nullable Connection connection;
  private @Nullable Inbox inbox;

  /** Whether nobody has asked for it yet, so that nobody is told of failures; under the lock. */
  private boolean ahead;

  /** Whether the queue was declared; written under the lock. */
  private volatile boolean declared;

  /** A listener that does nothing until it is first needed. Events are heard on its thread. */
  OutcomeListener(Connections connections, String token, Consumer<Event> hearing) {
    this.connections = connections;
    this.token = token;
    this.queue = TopologyNames.waiting(token);
    this.hearing = hearing;
    this.thread = Thread.ofPlatform().name(THREAD).daemon().unstarted(this::run);
  }

  String token() {
    return token;
  }

  /** Whether the calling thread is the one that hears: it must not wait for what it hears. */
  boolean onListeningThread() {
    return Thread.currentThread().threadId() == thread.threadId();
  }

  /** Begins before it is needed. What fails until then is not told, but tried again. */
  void startAhead() {
    lock.lock();
    try {
      if (!started && !closed) {
        started = true;
        ahead = true;
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * For who would like to hear, but can do without: lets the listener start, and never waits.
   *
   * @return whether what is published now can be answered
   */
  boolean offerToListen() {
    if (!declared) {
      startAhead();
    }
    return declared;
  }

  /**
   * Returns when the waiting queue exists and is bound, so that what is published now can be
   * answered. Costs nothing after the first time.
   *
   * @throws WarrenException if the broker refuses the queue, or cannot be reached within the limit
   */
  void ensureDeclared(Duration limit) throws InterruptedException {
    if (declared) {
      return;
    }
    lock.lock();
    try {
      ahead = false;
      if (!started && !closed) {
        started = true;
        thread.start();
      }
      long left = limit.toNanos();
      int seen = attempts;
      while (!declared) {
        if (closed) {
          throw new IllegalStateException("this client is closed");
        }
        boolean refused =
            attempts > seen
                && lastFailure != null
                && !(lastFailure instanceof BrokerUnreachableException);
        if (refused || left <= 0) {
          throw notListening();
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private WarrenException notListening() {
    String what = "this client cannot wait for outcomes: ";
    return switch (lastFailure) {
      case null -> new BrokerUnreachableException(what + "the broker did not answer in time");
      case AccessDeniedException denied ->
          new AccessDeniedException(what + denied.getMessage(), denied);
      case TopologyMismatchException mismatch ->
          new TopologyMismatchException(what + mismatch.getMessage(), mismatch);
      default -> lastFailure;
    };
  }

  private void run() {
    BackOff backOff = new BackOff();
    while (!isClosed()) {
      try {
        listen(backOff);
      } catch (WarrenException failure) {
        failed(failure);
      } catch (IOException | ShutdownSignalException lost) {
        failed(
            new BrokerUnreachableException(
                "the connection for outcomes was lost: " + lost.getMessage(), lost));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException unexpected) {
        LOG.error("unexpected error in {}; connecting again", THREAD, unexpected);
      }
      pause(backOff.next());
    }
  }

  /** One connection, from its opening to its loss or the end of the client. */
  private void listen(BackOff backOff) throws IOException, InterruptedException {
    Connection opened = connections.openForReading("wait");
    try {
      if (!adopt(opened)) {
        return;
      }
      noteLostQueue(opened);
      Channel channel = opened.createChannel();
      if (channel == null) {
        throw new IOException("no channel is free");
      }
      Declarer.declareOn(channel, Topology.waiting(token));
      channel.basicQos(PREFETCH);
      Inbox inbox = new Inbox(channel);
      channel.basicConsume(queue, false, ConsumerTags.of(channel), inbox);
      backOff.reset();
      listening(inbox);
      hearUntilOver(channel, inbox);
    } finally {
      leave(opened);
    }
  }

  private void hearUntilOver(Channel channel, Inbox inbox)
      throws IOException, InterruptedException {
    List<Inbox.Message> batch = new ArrayList<>();
    while (inbox.takeAll(batch)) {
      for (Inbox.Message message : batch) {
        EventCodec.read(
                message.body().bytes(),
                unreadable -> LOG.warn("an event is passed over: {}", unreadable.getMessage()))
            .forEach(hearing);
      }
      channel.basicAck(batch.getLast().tag(), true);
      batch.clear();
    }
    if (isClosed() && channel.isOpen()) {
      // The connection is closed by handshake next, whose answer comes after it.
      channel.queueDeleteNoWait(queue, false, false);
    } else {
      LOG.info("the connection for outcomes was lost; connecting again");
    }
  }

  /** Tells when events may have been missed: the queue expired, or somebody deleted it. */
  private void noteLostQueue(Connection on) throws IOException {
    if (!declared) {
      return;
    }
    Channel channel = on.createChannel();
    if (channel == null) {
      throw new IOException("no channel is free");
    }
    try {
      channel.queueDeclarePassive(queue);
      channel.close();
    } catch (IOException refused) {
      if (ChannelRefusal.code(refused) == AMQP.NOT_FOUND) {
        LOG.warn(
            "waiting queue {} is gone, with outcomes that came while this client was away; it is"
                + " declared again",
            queue);
        return;
      }
      throw refused;
    } catch (TimeoutException slow) {
      throw new IOException(slow);
    }
  }

  private boolean adopt(Connection opened) {
    lock.lock();
    try {
      connection = opened;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void leave(Connection over) {
    lock.lock();
    try {
      connection = null;
      inbox = null;
    } finally {
      lock.unlock();
    }
    over.abort((int) CLOSE_LIMIT.toMillis());
  }

  private void listening(Inbox opened) {
    lock.lock();
    try {
      inbox = opened;
      if (closed) {
        opened.end();
      }
      declared = true;
      ahead = false;
      lastFailure = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void failed(WarrenException failure) {
    boolean wanted;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      attempts++;
      lastFailure = failure;
      wanted = !ahead;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    LOG.atLevel(wanted ? Level.WARN : Level.DEBUG)
        .log("cannot listen for outcomes: {}", failure.getMessage());
  }

  private void pause(Duration wait) {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Hears no more from now on; {@link #close} waits for the end. */
  void end() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      if (inbox != null) {
        inbox.end();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean started() {
    lock.lock();
    try {
      return started;
    } finally {
      lock.unlock();
    }
  }

  /** Deletes the waiting queue and ends the thread; bounded, also where the broker is gone. */
  @Override
  public void close() {
    end();
    if (!started() || onListeningThread()) {
      return;
    }
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        abortConnection();
        thread.interrupt();
        boolean ended = thread.join(CLOSE_LIMIT);
        if (!ended) {
          LOG.warn("{} does not end: a callback blocks it", THREAD);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void abortConnection() {
    Connection stuck;
    lock.lock();
    try {
      stuck = connection;
    } finally {
      lock.unlock();
    }
    if (stuck != null) {
      stuck.abort((int) CLOSE_LIMIT.toMillis());
    }
  }
}
