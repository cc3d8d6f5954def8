package dev.warren.engine.cancel;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.StreamReplay;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code warren.cancellations}, what is cancelled and which queues are paused, from its
 * beginning and goes on hearing what comes, on a connection of its own. After a loss it comes back
 * by itself and goes on where it was. One thread, {@code warren-cancellations}.
 */
public final class CancellationFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CancellationFeed.class);

  /** How long a process that hears no cancellations any more goes on to take tasks. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(1);

  /** Entries that come later than this after all are heard as new ones are. */
  private static final Duration EMPTY_AFTER = Duration.ofMillis(300);

  private static final Duration LOOK_UP = Duration.ofSeconds(5);
  private static final Duration PRUNING = Duration.ofHours(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final int ABORT_LIMIT_MILLIS = 1_000;

  private final Connections connections;
  private final Clock clock;
  private final Duration patience;
  private final Runnable whenChanged;
  private final KnownCancellations known = new KnownCancellations();
  private final PausedQueues paused = new PausedQueues();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private StreamReading.@Nullable Position position;
  private @Nullable String notCurrent = "reading the cancellations";
  private long lostAt;
  private boolean everCurrent;
  private boolean closed;

  /**
   * A feed that is not started yet.
   *
   * @param patience after a loss, until it is {@link #overdue}
   * @param whenChanged runs on the feed's thread when there are new cancellations, when a queue was
   *     paused or resumed, and when the answer of {@link #notCurrent} or {@link #overdue} may have
   *     changed; must not block
   */
  public CancellationFeed(
      Connections connections, Clock clock, Duration patience, Runnable whenChanged) {
    this.connections = connections;
    this.clock = clock;
    this.patience = patience;
    this.whenChanged = whenChanged;
    this.thread = Thread.ofPlatform().name("warren-cancellations").daemon().unstarted(this::run);
  }

  /** Starts to read; returns at once and keeps trying while the broker is away. */
  public void start() {
    thread.start();
  }

  /** What it has heard of. */
  public KnownCancellations known() {
    return known;
  }

  /** The queues that are paused, as it has heard. */
  public PausedQueues paused() {
    return paused;
  }

  /**
   * Why this process does not know all cancellations now, for people; nothing if it does. Then no
   * first task should be taken.
   */
  public Optional<String> notCurrent() {
    lock.lock();
    try {
      return Optional.ofNullable(notCurrent);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it has not been current for so long that no further task should be taken. */
  public boolean overdue() {
    lock.lock();
    try {
      return notCurrent != null
          && !(everCurrent && System.nanoTime() - lostAt < patience.toNanos());
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    while (!isClosed()) {
      String why;
      try {
        why = follow(backOff);
      } catch (WarrenException | IOException | ShutdownSignalException failure) {
        why = explain(failure);
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException unexpected) {
        LOG.error("unexpected error while reading cancellations, trying again", unexpected);
        why = unexpected.toString();
      }
      if (!isClosed()) {
        LOG.warn("not hearing cancellations, trying again: {}", why);
        lost(why);
        whenChanged.run();
        pause(backOff.next());
      }
    }
  }

  /** Reads until the connection is lost; says why it ended. */
  private String follow(BackOff backOff) throws IOException, InterruptedException {
    Connection connection = connections.open("cancellations");
    StreamReading.Position from = position();
    if (from == null) {
      paused.clear();
    }
    StreamReading reading = new StreamReading(new StreamReading.Heard(known, paused), clock, from);
    try {
      Channel channel = connection.createChannel();
      if (channel == null) {
        throw new IOException("no channel is free");
      }
      channel.addShutdownListener(cause -> reading.end(cause.getMessage() + ""));
      StreamReplay replay = new StreamReplay(channel, TopologyNames.CANCELLATIONS, reading::hear);
      replay.start(
          reading.offset(),
          () -> reading.end("the broker ended the reading: was the stream deleted?"));
      while (!replay.awaitEnd(LOOK_UP, EMPTY_AFTER)) {
        if (reading.isStrange() || reading.ended().isPresent()) {
          break;
        }
        lost("reading the cancellations: " + reading.count() + " so far");
        whenChanged.run();
      }
      if (reading.isStrange()) {
        return "the stream is another one than before: reading it from its beginning";
      }
      return serve(reading, backOff);
    } finally {
      keep(reading.isStrange() ? null : reading.position());
      connection.abort(ABORT_LIMIT_MILLIS);
    }
  }

  /** Tells of what comes until the reading ends. */
  private String serve(StreamReading reading, BackOff backOff) throws InterruptedException {
    boolean unused = prune();
    long pruned = System.nanoTime();
    if (reading.ended().isEmpty()) {
      backOff.reset();
      LOG.info("cancellations: {} known", known.size());
      current();
    }
    whenChanged.run();
    while (reading.ended().isEmpty()) {
      boolean news = reading.awaitNews(PRUNING);
      if (System.nanoTime() - pruned > PRUNING.toNanos()) {
        news |= prune();
        pruned = System.nanoTime();
      }
      if (news) {
        whenChanged.run();
      }
    }
    return reading.ended().orElseThrow();
  }

  /** Forgets what has become too old; whether a pause is over by that. */
  private boolean prune() {
    known.prune(clock.instant());
    return paused.prune(clock.instant());
  }

  private String explain(Exception failure) {
    Optional<BrokerRefusal> refusal = BrokerRefusal.in(failure);
    if (refusal.isEmpty()) {
      return failure.getMessage() + "";
    }
    String what =
        switch (refusal.get().code()) {
          case AMQP.ACCESS_REFUSED ->
              "user '%s' may not read %s, as workers and gateways must"
                  .formatted(connections.settings().username(), TopologyNames.CANCELLATIONS);
          case AMQP.NOT_FOUND ->
              "virtual host '%s' has no %s: run 'warren topology apply'"
                  .formatted(connections.settings().virtualHost(), TopologyNames.CANCELLATIONS);
          default -> "the broker refused to read " + TopologyNames.CANCELLATIONS;
        };
    return what + " (" + refusal.get().text() + ")";
  }

  private StreamReading.@Nullable Position position() {
    lock.lock();
    try {
      return position;
    } finally {
      lock.unlock();
    }
  }

  private void keep(StreamReading.@Nullable Position reached) {
    lock.lock();
    try {
      position = reached;
    } finally {
      lock.unlock();
    }
  }

  private void current() {
    lock.lock();
    try {
      notCurrent = null;
      everCurrent = true;
    } finally {
      lock.unlock();
    }
  }

  private void lost(String why) {
    lock.lock();
    try {
      if (notCurrent == null) {
        lostAt = System.nanoTime();
      }
      notCurrent = why;
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

  private void pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread and its connection. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // It waits on answers of the broker, on the stream's end and on news: an interrupt ends all.
    thread.interrupt();
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn("the reading of cancellations did not end within {}", CLOSE_LIMIT);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
