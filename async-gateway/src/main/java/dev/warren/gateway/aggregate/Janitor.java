package dev.warren.gateway.aggregate;

import dev.warren.api.WarrenException;
import dev.warren.engine.topology.Topology;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the store small: abandons batches of which nothing is heard, deletes what is older than its
 * retention in small steps between the writer's transactions, and gives pages back to the file
 * system. One thread, {@code warren-store-janitor}.
 */
final class Janitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int CHUNK = 500;
  private static final int PAGES = 1_000;

  /** What cannot be read is kept for a look, not for ever. */
  private static final int MOST_UNREADABLE = 1_000;

  private final StoreWriter writer;
  private final StoreSettings settings;
  private final AggregateMetrics metrics;
  private final Clock clock;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private boolean closed;

  Janitor(StoreWriter writer, StoreSettings settings, AggregateMetrics metrics, Clock clock) {
    this.writer = writer;
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("warren-store-janitor").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (awaitNext()) {
      try {
        tidy();
      } catch (CompletionException | WarrenException failed) {
        LOG.warn("the store was not tidied, trying again later: {}", failed.getMessage());
      }
    }
  }

  /** One round. */
  void tidy() {
    Instant now = clock.instant();
    abandon(now.minus(settings.abandonAfter()));
    Instant ended = now.minus(settings.retention());
    // A task that waits may wait as long as the longest delay; it is known until it must be over.
    Duration longest = Topology.CANCELLATION_RETENTION;
    Instant waiting =
        now.minus(settings.retention().compareTo(longest) > 0 ? settings.retention() : longest);
    long tasks = repeat(connection -> Expiry.segmentsAlone(connection, ended));
    tasks += repeat(connection -> deleteAlone(connection, ended));
    tasks += repeat(connection -> deleteWaiting(connection, waiting));
    tasks += deleteBatches(ended, waiting);
    repeat(
        connection ->
            BatchExpiry.delete(
                connection,
                "DELETE FROM unreadable WHERE number IN (SELECT number FROM unreadable"
                    + " WHERE received_at < ? OR number <= (SELECT max(number) FROM unreadable) - "
                    + MOST_UNREADABLE
                    + " LIMIT "
                    + CHUNK
                    + ")",
                ended.toEpochMilli()));
    metrics.deleted(tasks);
    while (!isClosed() && step(Janitor::vacuum) > 0) {
      LOG.trace("pages were given back");
    }
    if (tasks > 0) {
      LOG.debug("{} tasks were deleted after their retention", tasks);
    }
  }

  private void abandon(Instant since) {
    List<String> idle = writer.run(connection -> idleBatches(connection, since)).join();
    for (String batch : idle) {
      // Looked at again by the writer: something may have been heard of it since.
      writer.submit(
          Parcel.of(
              new Entry.Idle(batch, since),
              failure -> {
                if (failure != null) {
                  LOG.warn("batch {} was not abandoned: {}", batch, failure.getMessage());
                }
              }));
    }
  }

  /** Until none is left; one that something was heard of meanwhile is left for the next round. */
  private long deleteBatches(Instant ended, Instant waiting) {
    long tasks = 0;
    int gone;
    do {
      List<Long> left =
          writer.run(connection -> BatchExpiry.find(connection, ended, waiting)).join();
      gone = 0;
      boolean stopping = false;
      while (!left.isEmpty() && !stopping) {
        List<Long> batches = left;
        BatchExpiry.Step step =
            writer.run(connection -> BatchExpiry.step(connection, batches)).join();
        tasks += step.tasks();
        gone += step.gone();
        left = left.subList(step.batches(), left.size());
        stopping = isClosed();
      }
    } while (gone > 0 && !isClosed());
    return tasks;
  }

  private static List<String> idleBatches(Connection connection, Instant since)
      throws SQLException {
    List<String> idle = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT id FROM batch WHERE state = 'open' AND heard_at < ? LIMIT " + CHUNK)) {
      query.setLong(1, since.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          idle.add(rows.getString(1));
        }
      }
    }
    return idle;
  }

  /** Ended tasks of a version that knew no segments. */
  private static int deleteAlone(Connection connection, Instant ended) throws SQLException {
    return BatchExpiry.delete(
        connection,
        "DELETE FROM task WHERE sequence IN (SELECT sequence FROM task WHERE batch IS NULL AND"
            + " ended_at IS NOT NULL AND recorded_at < ? LIMIT "
            + CHUNK
            + ")",
        ended.toEpochMilli());
  }

  private static int deleteWaiting(Connection connection, Instant waiting) throws SQLException {
    return BatchExpiry.delete(
        connection,
        "DELETE FROM task WHERE sequence IN (SELECT sequence FROM task WHERE batch IS NULL AND"
            + " ended_at IS NULL AND max(recorded_at, coalesce(due_at, 0)) < ? LIMIT "
            + CHUNK
            + ")",
        waiting.toEpochMilli());
  }

  /** Gives some free pages back; answers how many. */
  private static int vacuum(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int before = freePages(statement);
      if (before == 0) {
        return 0;
      }
      // As an update: it frees one page a step, and the driver steps a query without columns once.
      statement.executeUpdate("PRAGMA incremental_vacuum(" + PAGES + ")");
      return before - freePages(statement);
    }
  }

  private static int freePages(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA freelist_count")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Until nothing is left to delete; answers how many rows were. */
  private long repeat(StoreWriter.Chore<Integer> chore) {
    long sum = 0;
    int deleted;
    do {
      deleted = step(chore);
      sum += deleted;
    } while (deleted > 0 && !isClosed());
    return sum;
  }

  private int step(StoreWriter.Chore<Integer> chore) {
    return writer.run(chore).join();
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** False if the store is closed. */
  private boolean awaitNext() {
    lock.lock();
    try {
      long left = PERIOD.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
