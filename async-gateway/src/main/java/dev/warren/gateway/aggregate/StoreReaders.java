package dev.warren.gateway.aggregate;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads beside the writer: threads {@code warren-store-reader-<n>}, each query on a read-only
 * connection. Safe for concurrent use.
 */
final class StoreReaders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreReaders.class);
  private static final int THREADS = 4;

  /** Sets the parameters of a query. */
  @FunctionalInterface
  interface Binding {
    void bind(PreparedStatement statement) throws SQLException;
  }

  /** Reads one row. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Database database;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("warren-store-reader-", 1).daemon().factory());

  /** Connections that nobody uses now; never more than threads. */
  private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();

  StoreReaders(Database database) {
    this.database = database;
  }

  /** Several queries that see the same state of the file. */
  @FunctionalInterface
  interface Query<T> {
    T run(Connection connection) throws SQLException;
  }

  <T> CompletableFuture<List<T>> read(String sql, Binding binding, Row<T> row) {
    return read(connection -> rows(connection, sql, binding, row));
  }

  <T> CompletableFuture<T> read(Query<T> query) {
    try {
      return CompletableFuture.supplyAsync(() -> readNow(query), threads);
    } catch (RejectedExecutionException closed) {
      return CompletableFuture.failedFuture(
          new StoreException(database.file() + " is being closed", closed));
    }
  }

  static <T> List<T> rows(Connection connection, String sql, Binding binding, Row<T> row)
      throws SQLException {
    List<T> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      binding.bind(statement);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows.add(row.read(found));
        }
      }
    }
    return rows;
  }

  private <T> T readNow(Query<T> query) {
    Connection connection = null;
    try {
      connection = idle.poll();
      if (connection == null) {
        connection = database.openToRead();
        connection.setAutoCommit(false);
      }
      T answer = query.run(connection);
      // Ends the view of the file: the next one sees what was written since.
      connection.rollback();
      idle.add(connection);
      return answer;
    } catch (SQLException failed) {
      close(connection);
      throw new StoreException(database.file() + " cannot be read: " + failed.getMessage(), failed);
    } catch (RuntimeException failed) {
      close(connection);
      throw failed;
    }
  }

  @Override
  public void close() {
    threads.close();
    for (Connection left = idle.poll(); left != null; left = idle.poll()) {
      close(left);
    }
  }

  private static void close(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException failed) {
      LOG.debug("a reading connection did not close in order", failed);
    }
  }
}
