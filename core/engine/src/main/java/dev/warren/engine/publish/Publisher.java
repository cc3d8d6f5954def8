package dev.warren.engine.publish;

import com.rabbitmq.client.Connection;
import dev.warren.api.BrokerUnreachableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages with confirms on a connection of its own. Callers hand messages over and are
 * told once what became of each; one thread, named after the publisher, takes all that wait and
 * sends them together, so a busy publisher works in large batches. While next to nothing is under
 * way, whoever has a small message sends it, without waking that thread. When the connection is
 * lost, what was not confirmed is sent again on the next one, in order, until its deadline: a
 * message may arrive twice, under the same id, but is not lost.
 *
 * <p>A second thread watches deadlines, because a blocked broker can hold the first one in a write.
 * Callbacks run on the connection's thread or one of these two, and must not block. Safe for
 * concurrent use.
 */
public final class Publisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  /** Longer than a sender that is not held takes: last confirms, then the handshake. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(12);

  private static final Duration CUT_OFF_LIMIT = Duration.ofSeconds(2);

  private final String name;
  private final Troubles troubles = new Troubles();
  private final Backlog backlog;
  private final Sender sender;
  private final DeadlineWatch deadlines;

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
    this.backlog = new Backlog(window, troubles);
    this.sender = new Sender(name, opener, backlog, troubles);
    this.deadlines = new DeadlineWatch(name + "-deadlines", backlog, troubles);
  }

  public void start() {
    sender.thread().start();
    deadlines.thread().start();
  }

  /**
   * Takes a message. {@code whenSettled} is called exactly once, as a rule from another thread, at
   * the latest shortly after the deadline.
   */
  public void publish(Outgoing message, Duration deadline, Consumer<PublishResult> whenSettled) {
    take(new Pending(message, System.nanoTime() + deadline.toNanos(), whenSettled));
  }

  private void take(Pending pending) {
    if (!offer(pending)) {
      String why = "the publisher " + name + " is closed";
      pending.settle(
          pending.sent
              ? new PublishResult.Undecided(why)
              : new PublishResult.NotSent(new BrokerUnreachableException(why)));
    }
  }

  /** Takes a message, if it is not closed; tells whether it has. */
  boolean offer(Pending pending) {
    return switch (backlog.add(pending)) {
      case Backlog.Added.Waits waits -> true;
      case Backlog.Added.SendNow(PublishSession session) -> {
        sender.sendNow(session, pending);
        yield true;
      }
      case Backlog.Added.Refused refused -> false;
    };
  }

  /** Takes a message; the future completes when it is settled, never exceptionally. */
  public CompletableFuture<PublishResult> publish(Outgoing message, Duration deadline) {
    CompletableFuture<PublishResult> result = new CompletableFuture<>();
    publish(message, deadline, result::complete);
    return result;
  }

  /** Why the broker has blocked publishers on this connection, if it has. */
  public Optional<String> blocked() {
    return troubles.blocked();
  }

  /** Why messages are not settled now, for people. */
  public String troubles() {
    return troubles.text();
  }

  /** Whether a connection is open. */
  public boolean connected() {
    return backlog.connected();
  }

  /** How many messages are taken and not settled. */
  public int unsettled() {
    return backlog.unsettled();
  }

  /** Waits until everything taken is settled; false if the limit passes first. */
  public boolean awaitSettled(Duration limit) throws InterruptedException {
    return backlog.awaitSettled(limit);
  }

  /**
   * Takes nothing more and ends its threads, without being waited for. What is not settled is the
   * other's from now on, with the deadlines that it has.
   */
  void giveUp(Publisher other) {
    backlog.close();
    backlog.drain().forEach(other::take);
  }

  /** Whether its threads have ended. */
  boolean ended() {
    return !sender.thread().isAlive() && !deadlines.thread().isAlive();
  }

  /**
   * Stops, in bounded time. What waits is still sent, unless the broker has blocked publishers;
   * what is not confirmed within 5 s is settled as undecided. The connection is closed by
   * handshake.
   */
  @Override
  public void close() {
    backlog.close();
    join();
    backlog
        .drain()
        .forEach(left -> left.settle(troubles.givenUp(left, "the publisher was closed")));
    joinDeadlines();
  }

  private void join() {
    Thread thread = sender.thread();
    try {
      if (thread.getState() == Thread.State.NEW || thread.join(CLOSE_LIMIT)) {
        return;
      }
      sender.cutOff();
      if (!thread.join(CUT_OFF_LIMIT)) {
        LOG.warn("{} ends later: the broker has stopped reading", name);
      }
    } catch (InterruptedException interrupted) {
      sender.cutOff();
      Thread.currentThread().interrupt();
    }
  }

  private void joinDeadlines() {
    try {
      if (deadlines.thread().getState() != Thread.State.NEW) {
        deadlines.thread().join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
