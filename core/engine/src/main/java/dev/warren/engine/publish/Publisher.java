package dev.warren.engine.publish;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages with confirms on a connection of its own. Callers hand messages over and are
 * told once what became of each; one thread, named after the publisher, takes all that wait and
 * sends them together, so a busy publisher works in large batches and an idle one at once. When the
 * connection is lost, what was not confirmed is sent again on the next one, in order, until its
 * deadline: a message may arrive twice, under the same id, but is not lost.
 *
 * <p>A second thread watches deadlines, because a blocked broker can hold the first one in a write.
 * Callbacks run on the connection's thread or one of these two, and must not block.
 */
public final class Publisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final Duration DEADLINE_CHECK = Duration.ofMillis(100);

  private final String name;
  private final Opener opener;
  private final int window;
  private final Thread thread;
  private final Thread deadlines;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition settledSome = lock.newCondition();
  private final Condition closing = lock.newCondition();

  // Guarded by lock.
  private final Deque<Pending> waiting = new ArrayDeque<>();
  private @Nullable PublishSession session;
  private @Nullable String blockedBecause;
  private @Nullable WarrenException lastFailure;
  private boolean closed;

  /** Opens the publisher's connection; called again after each loss. */
  @FunctionalInterface
  public interface Opener {
    Connection open();
  }

  /**
   * A publisher that is not started yet.
   *
   * @param name of its threads
   * @param window unconfirmed messages at most; 500 to 2,000 keep a broker busy
   */
  public Publisher(String name, Opener opener, int window) {
    this.name = name;
    this.opener = opener;
    this.window = window;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    this.deadlines = Thread.ofPlatform().name(name + "-deadlines").daemon().unstarted(this::watch);
  }

  public void start() {
    thread.start();
    deadlines.start();
  }

  /**
   * Takes a message. {@code whenSettled} is called exactly once, from another thread, at the latest
   * shortly after the deadline.
   */
  public void publish(Outgoing message, Duration deadline, Consumer<PublishResult> whenSettled) {
    Pending pending = new Pending(message, System.nanoTime() + deadline.toNanos(), whenSettled);
    boolean accepted;
    lock.lock();
    try {
      accepted = !closed;
      if (accepted) {
        waiting.addLast(pending);
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    if (!accepted) {
      pending.settle(new PublishResult.NotSent(closedFailure()));
    }
  }

  /** Takes a message; the future completes when it is settled, never exceptionally. */
  public CompletableFuture<PublishResult> publish(Outgoing message, Duration deadline) {
    CompletableFuture<PublishResult> result = new CompletableFuture<>();
    publish(message, deadline, result::complete);
    return result;
  }

  /** Why the broker has blocked publishers on this connection, if it has. */
  public Optional<String> blocked() {
    lock.lock();
    try {
      return Optional.ofNullable(blockedBecause);
    } finally {
      lock.unlock();
    }
  }

  /** Why messages are not settled now, for people. */
  public String troubles() {
    lock.lock();
    try {
      return whyNotYet();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a connection is open. */
  public boolean connected() {
    lock.lock();
    try {
      return session != null && session.open();
    } finally {
      lock.unlock();
    }
  }

  /** How many messages are taken and not settled. */
  public int unsettled() {
    lock.lock();
    try {
      return waiting.size() + (session == null ? 0 : session.unconfirmed());
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything taken is settled; false if the limit passes first. */
  public boolean awaitSettled(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (waiting.size() + (session == null ? 0 : session.unconfirmed()) > 0) {
        if (left <= 0) {
          return false;
        }
        left = settledSome.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Stops. What is not settled is told so; the connection is closed by handshake. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      work.signalAll();
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    join(thread);
    join(deadlines);
  }

  private void join(Thread owned) {
    try {
      if (!owned.join(Duration.ofSeconds(10))) {
        // Held in a write by a blocked broker: only the end of the connection frees it.
        PublishSession stuck = currentSession();
        if (stuck != null) {
          stuck.abort();
        }
        owned.join(Duration.ofSeconds(10));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable PublishSession currentSession() {
    lock.lock();
    try {
      return session;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    try {
      while (!isClosed()) {
        PublishSession current = connect();
        if (current == null) {
          pause(backOff.next());
          continue;
        }
        backOff.reset();
        sendUntilLost(current);
        leave(current);
      }
    } finally {
      settleAll();
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

  private @Nullable PublishSession connect() {
    try {
      Connection connection = opener.open();
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      PublishSession opened = new PublishSession(connection, channel);
      listen(opened, connection, channel);
      lock.lock();
      try {
        session = opened;
        blockedBecause = null;
        lastFailure = null;
      } finally {
        lock.unlock();
      }
      return opened;
    } catch (WarrenException unreachable) {
      failed(unreachable);
    } catch (IOException | AlreadyClosedException lost) {
      failed(new BrokerUnreachableException("connection lost while it was opened: " + lost, lost));
    }
    return null;
  }

  private void failed(WarrenException failure) {
    LOG.warn("{} cannot connect: {}", name, failure.getMessage());
    lock.lock();
    try {
      lastFailure = failure;
    } finally {
      lock.unlock();
    }
  }

  private void listen(PublishSession opened, Connection connection, Channel channel) {
    channel.addConfirmListener(
        (sequence, multiple) -> onConfirm(opened, sequence, multiple, PublishResult.CONFIRMED),
        (sequence, multiple) ->
            onConfirm(
                opened,
                sequence,
                multiple,
                new PublishResult.Refused(
                    new TaskRefusedException(
                        TaskRefusedException.Reason.QUEUE,
                        "the broker refused the message: the queue takes no more; try again later"))));
    channel.addReturnListener(
        returned -> {
          lock.lock();
          try {
            opened.returned(
                returned.getProperties(),
                new PublishResult.Returned(returned.getExchange(), returned.getRoutingKey()));
          } finally {
            lock.unlock();
          }
        });
    channel.addShutdownListener(cause -> wake());
    connection.addBlockedListener(
        new BlockedListener() {
          @Override
          public void handleBlocked(String reason) {
            LOG.warn("{}: the broker has blocked publishers: {}", name, reason);
            setBlocked(reason);
          }

          @Override
          public void handleUnblocked() {
            LOG.info("{}: the broker takes messages again", name);
            setBlocked(null);
          }
        });
  }

  private void setBlocked(@Nullable String reason) {
    lock.lock();
    try {
      blockedBecause = reason;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void sendUntilLost(PublishSession current) {
    List<Pending> batch = new ArrayList<>();
    try {
      while (takeBatch(current, batch)) {
        for (Pending pending : batch) {
          current.send(pending);
        }
        batch.clear();
      }
    } catch (IOException | AlreadyClosedException lost) {
      LOG.debug("{} lost its connection while sending", name, lost);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for messages and room in the window; false when the session is over or the publisher
   * closes.
   */
  private boolean takeBatch(PublishSession current, List<Pending> batch)
      throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (!current.open()) {
          return false;
        }
        if (closed && (waiting.isEmpty() || blockedBecause != null)) {
          return false;
        }
        int room = blockedBecause == null ? window - current.unconfirmed() : 0;
        if (room > 0 && !waiting.isEmpty()) {
          while (room-- > 0 && !waiting.isEmpty()) {
            Pending next = waiting.removeFirst();
            current.enter(next);
            batch.add(next);
          }
          return true;
        }
        work.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void onConfirm(PublishSession on, long sequence, boolean multiple, PublishResult result) {
    List<Pending> settled;
    lock.lock();
    try {
      settled = on.confirmed(sequence, multiple);
      settled.removeIf(pending -> pending.settled);
      work.signal();
      settledSome.signalAll();
    } finally {
      lock.unlock();
    }
    for (Pending pending : settled) {
      pending.settle(pending.returned == null ? result : pending.returned);
    }
  }

  /**
   * Ends a session: what is unconfirmed goes back to the head of the queue, but for what is to
   * blame.
   */
  private void leave(PublishSession over) {
    boolean orderly;
    List<Pending> guilty = new ArrayList<>();
    PublishSession.Blame blame;
    lock.lock();
    try {
      orderly = closed && over.open();
    } finally {
      lock.unlock();
    }
    if (orderly) {
      awaitLastConfirms(over);
    }
    lock.lock();
    try {
      blame = over.blame();
      List<Pending> outstanding = over.outstanding();
      for (int i = outstanding.size() - 1; i >= 0; i--) {
        Pending pending = outstanding.get(i);
        if (pending.settled) {
          continue;
        }
        if (blame != null && blame.guilty().test(pending)) {
          guilty.add(pending);
        } else {
          waiting.addFirst(pending);
        }
      }
      over.forget();
      session = null;
      settledSome.signalAll();
    } finally {
      lock.unlock();
    }
    if (orderly) {
      over.close();
    } else {
      over.abort();
    }
    if (blame != null) {
      PublishResult refused = new PublishResult.Refused(blame.reason());
      guilty.forEach(pending -> pending.settle(refused));
    }
  }

  private void awaitLastConfirms(PublishSession over) {
    long left = TimeUnit.SECONDS.toNanos(5);
    lock.lock();
    try {
      while (over.open() && over.unconfirmed() > 0 && left > 0) {
        left = work.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void settleAll() {
    List<Pending> left;
    lock.lock();
    try {
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
      settledSome.signalAll();
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    left.forEach(pending -> pending.settle(unsettledResult(pending, "the publisher was closed")));
  }

  /** Body of the thread that watches deadlines. */
  private void watch() {
    while (true) {
      List<Pending> overdue = new ArrayList<>();
      String why;
      lock.lock();
      try {
        if (closed) {
          return;
        }
        long unused = closing.awaitNanos(DEADLINE_CHECK.toNanos());
        long now = System.nanoTime();
        waiting.removeIf(pending -> pending.overdue(now) && overdue.add(pending));
        if (session != null) {
          for (Pending pending : session.outstanding()) {
            if (!pending.settled && pending.overdue(now)) {
              pending.settled = true;
              overdue.add(pending);
            }
          }
        }
        why = whyNotYet();
        if (!overdue.isEmpty()) {
          settledSome.signalAll();
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      } finally {
        lock.unlock();
      }
      overdue.forEach(pending -> pending.settle(unsettledResult(pending, why)));
    }
  }

  private String whyNotYet() {
    if (blockedBecause != null) {
      return "the broker has blocked publishers (" + blockedBecause + ")";
    }
    if (session == null || !session.open()) {
      return lastFailure == null ? "the connection was lost" : lastFailure.getMessage() + "";
    }
    return "the broker did not confirm in time";
  }

  private PublishResult unsettledResult(Pending pending, String why) {
    if (pending.sent) {
      return new PublishResult.Undecided(why);
    }
    lock.lock();
    try {
      return new PublishResult.NotSent(
          lastFailure != null ? lastFailure : new BrokerUnreachableException(why));
    } finally {
      lock.unlock();
    }
  }

  private WarrenException closedFailure() {
    return new BrokerUnreachableException("the publisher " + name + " is closed");
  }
}
