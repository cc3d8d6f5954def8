package dev.warren.engine.aggregation;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.AlreadyRunningException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.QueueDefinition;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over the outcomes of the fleet, as the only one in it: declares {@code warren.outcomes},
 * holds {@code warren.lock.aggregator} on the connection that consumes it, and comes back by itself
 * when anything of that is lost. One thread, {@code warren-aggregator}.
 */
public final class OutcomeFeed implements AutoCloseable {
  /** The name of the lock. */
  public static final String LOCK = "aggregator";

  private static final Logger LOG = LoggerFactory.getLogger(OutcomeFeed.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final int CONNECTION_CLOSE_MILLIS = 5_000;
  private static final Duration TRY_LOCK_EVERY = Duration.ofSeconds(1);

  /** Takes messages, one after the other; while it does not return, no more are read. */
  @FunctionalInterface
  public interface Receiver {
    void receive(OutcomeMessage message) throws InterruptedException;
  }

  /**
   * How to consume.
   *
   * @param prefetch messages that are not recorded yet, at most
   * @param timeout the broker's limit between delivery and acknowledgement
   * @param lockLimit how long a start waits for another holder of the lock to be gone
   */
  public record Plan(TopologyMode topology, int prefetch, Duration timeout, Duration lockLimit) {

    /**
     * A wait in which the broker surely notices that a killed process is gone: it takes up to three
     * heartbeats if the process's machine is gone too.
     */
    public static Duration lockLimit(Duration heartbeat) {
      return heartbeat.multipliedBy(3).plusSeconds(5);
    }
  }

  private static final class LockedException extends Exception {
    private static final long serialVersionUID = 1L;

    LockedException(Throwable cause) {
      super("another gateway aggregates", cause);
    }
  }

  private final Connections connections;
  private final Plan plan;
  private final Receiver receiver;
  private final TopologyWatch topology;
  private final Thread thread;

  /** Whether the first attempt worked; an unreachable broker counts as well enough. */
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable OutcomeSession session;
  private String detail = "not started";
  private boolean stopped;

  /** A feed that is not started yet. */
  public OutcomeFeed(Connections connections, Plan plan, Receiver receiver) {
    this.connections = Objects.requireNonNull(connections, "connections");
    this.plan = Objects.requireNonNull(plan, "plan");
    this.receiver = Objects.requireNonNull(receiver, "receiver");
    this.topology =
        new TopologyWatch(connections, Topology.outcomes().onlyBindings(), this::declare);
    this.thread = Thread.ofPlatform().name("warren-aggregator").unstarted(this::run);
  }

  /**
   * Starts, and waits until it consumes; not for a broker that is away, which is tried until it
   * answers.
   *
   * @throws AlreadyRunningException if another gateway aggregates, and still does after a while
   * @throws WarrenException if the broker refuses the login or the topology
   */
  public void start() throws InterruptedException {
    thread.start();
    try {
      started.get();
    } catch (ExecutionException refused) {
      if (refused.getCause() instanceof WarrenException expected) {
        throw expected;
      }
      throw new IllegalStateException("the feed of outcomes did not start", refused.getCause());
    }
  }

  /** Why it does not consume at present; empty if it does. */
  public Optional<String> trouble() {
    lock.lock();
    try {
      return session != null && session.isConsuming() ? Optional.empty() : Optional.of(detail);
    } finally {
      lock.unlock();
    }
  }

  /** Lets a {@link #start} that waits return, and takes no more. */
  public void stop() {
    OutcomeSession current;
    lock.lock();
    try {
      stopped = true;
      detail = "stopped";
      changed.signalAll();
      current = session;
    } finally {
      lock.unlock();
    }
    started.complete(false);
    if (current != null) {
      current.stop();
    }
  }

  /** Takes no more, waits for what is being recorded, acknowledges that, and ends. */
  @Override
  public void close() {
    stop();
    topology.close();
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn("the feed of outcomes did not end within {}", CLOSE_LIMIT);
        thread.interrupt();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    long lockedSince = 0;
    while (!isStopped()) {
      Duration wait = null;
      try {
        consumeUntilLost(backOff);
        lockedSince = 0;
      } catch (LockedException held) {
        lockedSince = lockedSince == 0 ? System.nanoTime() : lockedSince;
        if (isRefused(lockedSince)) {
          return;
        }
        wait = TRY_LOCK_EVERY;
      } catch (BrokerUnreachableException away) {
        LOG.warn("outcomes are not aggregated: {}", away.getMessage());
        leave(away.getMessage());
        started.complete(false);
      } catch (WarrenException | IOException | AlreadyClosedException failed) {
        leave("cannot consume: " + failed.getMessage());
        Optional<WarrenException> refusal = refusal(failed);
        if (refusal.isPresent() && started.completeExceptionally(refusal.get())) {
          return;
        }
        LOG.warn("outcomes are not aggregated: {}", failed.getMessage());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        started.complete(false);
        return;
      } catch (RuntimeException unexpected) {
        LOG.error("unexpected error in the feed of outcomes, trying again", unexpected);
        leave("unexpected error: " + unexpected);
        started.complete(false);
      }
      pause(wait == null ? backOff.next() : wait);
    }
  }

  private void consumeUntilLost(BackOff backOff)
      throws IOException, LockedException, InterruptedException {
    declare();
    Connection connection = connections.open("aggregate");
    try {
      OutcomeSession opened = new OutcomeSession(locked(connection), receiver);
      if (!enter(opened)) {
        return;
      }
      opened.consume(plan.prefetch(), plan.timeout());
      topology.start();
      LOG.info("outcomes are aggregated here, prefetch {}", plan.prefetch());
      started.complete(true);
      backOff.reset();
      String ended = opened.serve();
      leave("was lost: " + ended);
      if (!isStopped()) {
        LOG.warn("outcomes are not aggregated any more: {}; coming back", ended);
      }
    } finally {
      close(connection);
    }
  }

  private void declare() {
    Declarer declarer = new Declarer(connections);
    if (plan.topology() == TopologyMode.VERIFY) {
      declarer.verify(Topology.fleet());
      declarer.apply(Topology.outcomes());
    } else {
      declarer.apply(Topology.fleet().and(Topology.outcomes()));
    }
  }

  /** A channel of a connection that holds the lock. */
  private Channel locked(Connection connection) throws IOException, LockedException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new BrokerUnreachableException("no channel is free on the connection for outcomes");
    }
    for (QueueDefinition queue : Topology.lock(LOCK).queues()) {
      try {
        channel.queueDeclare(
            queue.name(), queue.durable(), queue.exclusive(), true, queue.arguments());
      } catch (IOException failure) {
        if (BrokerRefusal.in(failure).filter(BrokerRefusal::isLocked).isPresent()) {
          throw new LockedException(failure);
        }
        throw failure;
      }
    }
    return channel;
  }

  /** Another holds the lock; whether that is the end of this start. */
  private boolean isRefused(long since) {
    Duration waited = Duration.ofNanos(System.nanoTime() - since);
    String where = "in virtual host '" + connections.settings().virtualHost() + "'";
    if (waited.compareTo(plan.lockLimit()) > 0) {
      boolean first =
          started.completeExceptionally(
              new AlreadyRunningException(
                  "another gateway aggregates outcomes "
                      + where
                      + " (it holds the queue warren.lock."
                      + LOCK
                      + "), and with an SQLite store there can be only one: stop the other one, or"
                      + " give this one a virtual host of its own (--uri)"));
      if (first) {
        leave("refused: another gateway aggregates");
        return true;
      }
    } else if (!started.isDone() && waited.compareTo(TRY_LOCK_EVERY) < 0) {
      LOG.info(
          "another gateway aggregates {}, or one that was killed is not forgotten yet by the"
              + " broker: waiting up to {} s for the lock",
          where,
          plan.lockLimit().toSeconds());
    }
    leave("another gateway aggregates " + where + "; waiting for its end");
    return false;
  }

  /** What another try would not change. */
  private Optional<WarrenException> refusal(Exception failed) {
    if (failed instanceof WarrenException told) {
      return Optional.of(told);
    }
    return BrokerRefusal.in(failed)
        .filter(BrokerRefusal::isAccessRefused)
        .map(
            refused ->
                new AccessDeniedException(
                    "user '%s' may not aggregate outcomes: give it the permissions of a gateway (%s)"
                        .formatted(connections.settings().username(), refused.text()),
                    failed));
  }

  /** False if the feed is stopped already. */
  private boolean enter(OutcomeSession opened) {
    lock.lock();
    try {
      session = opened;
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  private void leave(@Nullable String why) {
    lock.lock();
    try {
      session = null;
      detail = why == null ? "unknown" : why;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!stopped && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close(CONNECTION_CLOSE_MILLIS);
    } catch (IOException | ShutdownSignalException gone) {
      connection.abort();
    }
  }
}
