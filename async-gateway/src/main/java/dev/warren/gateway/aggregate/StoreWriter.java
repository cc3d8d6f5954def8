package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes, {@code warren-store-writer}: takes all that waits and commits it in
 * one transaction. While the disk fails it keeps what it holds, says so, and tries again; what the
 * store can never take is kept unread.
 */
final class StoreWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
  private static final int MOST_ENTRIES = 4_000;
  private static final long MOST_BYTES = 4 * 1024 * 1024;

  /**
   * A transaction costs as much as some hundred entries. After one with so many entries, which no
   * idle fleet has, the next begins not before this time has passed since the begin of that one,
   * unless somebody of this process waits for it, or enough has come.
   */
  private static final int BUSY_ENTRIES = 2;

  private static final Duration BUSY_PERIOD = Duration.ofMillis(20);
  private static final long ENOUGH_BYTES = MOST_BYTES / 4;

  /** The broker sends no more than the prefetch before some are recorded. */
  private static final int ENOUGH_PARCELS = Aggregator.PREFETCH / 2;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  /** Something else to do in a transaction of its own. */
  @FunctionalInterface
  interface Chore<T> {
    T run(Connection connection) throws SQLException;
  }

  private record Errand<T>(Chore<T> chore, CompletableFuture<T> done) {
    void run(Connection connection) throws SQLException {
      T result = chore.run(connection);
      connection.commit();
      done.complete(result);
    }
  }

  private final Database database;
  private final AggregateMetrics metrics;
  private final Subscriptions subscriptions;
  private final Clock clock;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private final Deque<Parcel> parcels = new ArrayDeque<>();
  private final Deque<Errand<?>> errands = new ArrayDeque<>();
  private long waitingBytes;
  private boolean awaitsMore;
  private boolean urgent;
  private boolean closed;

  private volatile @Nullable String trouble;
  // Of the thread.
  private long notBefore = System.nanoTime();
  private @Nullable Connection connection;
  private @Nullable LedgerTables tables;

  /** Opens the file and brings its schema up to date; the thread is started. */
  StoreWriter(
      Database database, AggregateMetrics metrics, Subscriptions subscriptions, Clock clock) {
    this.database = database;
    this.metrics = metrics;
    this.subscriptions = subscriptions;
    this.clock = clock;
    try {
      connect();
    } catch (SQLException failed) {
      throw new StoreException(
          database.file()
              + " cannot be opened ("
              + failed.getMessage()
              + "): repair the folder, or"
              + " choose another with --data",
          failed);
    }
    metrics.watch(this::waiting, () -> trouble == null ? 0 : 1);
    thread = Thread.ofPlatform().name("warren-store-writer").start(this::run);
  }

  /** Records a parcel, after those before it. */
  void submit(Parcel parcel) {
    boolean added;
    lock.lock();
    try {
      added = !closed;
      if (added) {
        parcels.add(parcel);
        waitingBytes += parcel.size();
        urgent |= parcel.body().isEmpty();
        if (!awaitsMore || isEnough()) {
          changed.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
    if (!added) {
      parcel.failed(closing());
    }
  }

  /** Runs a chore between transactions. */
  <T> CompletableFuture<T> run(Chore<T> chore) {
    Errand<T> errand = new Errand<>(chore, new CompletableFuture<>());
    boolean added;
    lock.lock();
    try {
      added = !closed;
      if (added) {
        errands.add(errand);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (!added) {
      errand.done().completeExceptionally(closing());
    }
    return errand.done();
  }

  /** Why nothing can be written at present; empty if all is well. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Records what waits, unless the disk fails, and ends the thread. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn("the store's writer did not end within {}", CLOSE_LIMIT);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private int waiting() {
    lock.lock();
    try {
      return parcels.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        List<Parcel> taken = take();
        if (!taken.isEmpty()) {
          record(taken);
        }
        // One between two transactions, so that neither waits long for the other.
        Errand<?> errand = nextErrand();
        if (errand != null) {
          perform(errand);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
      giveUp();
    }
  }

  /** False if there is nothing left and the writer is closed. */
  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (parcels.isEmpty() && errands.isEmpty() && !closed) {
        changed.await();
      }
      awaitMore();
      return !parcels.isEmpty() || !errands.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** A busy fleet sends more within a moment. */
  private void awaitMore() throws InterruptedException {
    long left = notBefore - System.nanoTime();
    awaitsMore = true;
    try {
      while (left > 0 && errands.isEmpty() && !closed && !isEnough()) {
        left = changed.awaitNanos(left);
      }
    } finally {
      awaitsMore = false;
    }
  }

  private boolean isEnough() {
    return urgent || waitingBytes >= ENOUGH_BYTES || parcels.size() >= ENOUGH_PARCELS;
  }

  private List<Parcel> take() {
    List<Parcel> taken = new ArrayList<>();
    int entries = 0;
    long bytes = 0;
    lock.lock();
    try {
      while (!parcels.isEmpty() && entries < MOST_ENTRIES && bytes < MOST_BYTES) {
        Parcel next = parcels.remove();
        entries += next.entries().size();
        bytes += next.size();
        taken.add(next);
      }
      waitingBytes -= bytes;
      urgent &= !parcels.isEmpty();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Errand<?> nextErrand() {
    lock.lock();
    try {
      return errands.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Records them, however often it must be tried. */
  private void record(List<Parcel> together) throws InterruptedException {
    while (true) {
      try {
        transact(together);
        return;
      } catch (SQLException failed) {
        rollBack();
        if (SqlFailure.isOfData(failed)) {
          recordApart(together, failed);
          return;
        }
        if (!awaitRetry(failed)) {
          together.forEach(one -> one.failed(unwritable(failed)));
          return;
        }
      } catch (RuntimeException unexpected) {
        rollBack();
        LOG.error("unexpected error while recording", unexpected);
        recordApart(together, unexpected);
        return;
      }
    }
  }

  /** One that the store refuses must not keep the others from being recorded. */
  private void recordApart(List<Parcel> together, Exception why) throws InterruptedException {
    if (together.size() > 1) {
      for (Parcel one : together) {
        record(List.of(one));
      }
      return;
    }
    Parcel refused = together.getFirst();
    if (refused.body().isEmpty() || refused.entries().isEmpty()) {
      refused.failed(unwritable(why));
      return;
    }
    LOG.warn("an event message is kept unread, as the store refuses it: {}", why.getMessage());
    record(List.of(refused.refused("the store refuses it: " + why.getMessage())));
  }

  private void transact(List<Parcel> together) throws SQLException {
    long begun = System.nanoTime();
    LedgerTables open = connect();
    Connection own = Objects.requireNonNull(connection);
    long last = open.begin(own, tasks(together));
    Ledger ledger = new Ledger(open, TaskRule.FIRST_END, last, clock.instant());
    int entries = 0;
    int unread = 0;
    try {
      for (Parcel parcel : together) {
        for (Entry entry : parcel.entries()) {
          ledger.record(entry);
          entries++;
        }
        if (parcel.unreadable().isPresent() && parcel.body().isPresent()) {
          open.keepUnreadable(
              parcel.body().get(), parcel.unreadable().get(), ledger.now().toEpochMilli());
          unread++;
        }
      }
      open.write(ledger);
    } catch (SqlFailure wrapped) {
      throw wrapped.failure();
    }
    own.commit();
    notBefore = entries < BUSY_ENTRIES ? begun : begun + BUSY_PERIOD.toNanos();
    if (trouble != null) {
      LOG.info("the store is written again");
      trouble = null;
    }
    metrics.committed(ledger, entries, unread, System.nanoTime() - begun);
    subscriptions.committed(ledger);
    together.forEach(Parcel::recorded);
  }

  private static List<TaskId> tasks(List<Parcel> together) {
    List<TaskId> ids = new ArrayList<>();
    for (Parcel parcel : together) {
      for (Entry entry : parcel.entries()) {
        if (entry instanceof Entry.OfTask task) {
          ids.add(task.id());
        }
      }
    }
    return ids;
  }

  private void perform(Errand<?> errand) {
    try {
      connect();
      errand.run(Objects.requireNonNull(connection));
    } catch (SQLException | RuntimeException failed) {
      rollBack();
      errand.done().completeExceptionally(unwritable(failed));
    }
  }

  /** False if the writer is closed meanwhile. */
  private boolean awaitRetry(SQLException failed) throws InterruptedException {
    if (trouble == null) {
      LOG.error(
          "{} cannot be written: {}; outcomes stay in their queue, and it is tried again each"
              + " second",
          database.file(),
          failed.getMessage());
    }
    trouble = database.file() + " cannot be written: " + failed.getMessage();
    // A connection that has met an error of the disk may have more of it in its caches.
    disconnect();
    List<Errand<?>> inVain;
    lock.lock();
    try {
      inVain = List.copyOf(errands);
      errands.clear();
    } finally {
      lock.unlock();
    }
    // Whoever waits for them, as the janitor does, could not be closed until the disk is well.
    inVain.forEach(errand -> errand.done().completeExceptionally(unwritable(failed)));
    lock.lock();
    try {
      long left = RETRY_AFTER.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private LedgerTables connect() throws SQLException {
    if (connection == null || tables == null) {
      disconnect();
      connection = database.openToWrite();
      tables = new LedgerTables(connection);
      // It has looked at the tables: a transaction must not begin with what it saw then.
      connection.commit();
    }
    return tables;
  }

  private void disconnect() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException failed) {
      LOG.debug("the store's connection did not close in order", failed);
    } finally {
      connection = null;
      tables = null;
    }
  }

  private void rollBack() {
    try {
      if (connection != null) {
        connection.rollback();
      }
    } catch (SQLException failed) {
      LOG.debug("no rollback: the connection is opened again", failed);
      disconnect();
    }
  }

  private void giveUp() {
    List<Parcel> left;
    lock.lock();
    try {
      closed = true;
      left = List.copyOf(parcels);
      parcels.clear();
      errands.forEach(errand -> errand.done().completeExceptionally(closing()));
      errands.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(parcel -> parcel.failed(closing()));
  }

  private WarrenException unwritable(Exception why) {
    return new StoreException(database.file() + " was not written: " + why.getMessage(), why);
  }

  private WarrenException closing() {
    return new StoreException(database.file() + " is being closed", null);
  }
}
