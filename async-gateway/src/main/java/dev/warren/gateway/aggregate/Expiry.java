package dev.warren.gateway.aggregate;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** Deletes segments, a few in a transaction; answers how many tasks they held. */
final class Expiry {
  private static final int MOST_SEGMENTS = 32;

  private Expiry() {}

  /** Of tasks that are members of no batch. */
  static int segmentsAlone(Connection connection, Instant before) throws SQLException {
    return delete(connection, "batch IS NULL AND recorded_at < ?", before.toEpochMilli());
  }

  /** Of the members of a batch. */
  static int segmentsOf(Connection connection, long batch) throws SQLException {
    return delete(connection, "batch = ?", batch);
  }

  private static int delete(Connection connection, String which, long parameter)
      throws SQLException {
    int tasks = 0;
    try (PreparedStatement find =
            connection.prepareStatement(
                "SELECT first, tasks, directory FROM segment WHERE "
                    + which
                    + " LIMIT "
                    + MOST_SEGMENTS);
        PreparedStatement forget =
            connection.prepareStatement(
                ("DELETE FROM ended WHERE id IN (SELECT substr(?1, n * %d + 1, 16) FROM step WHERE"
                        + " n < ?3) AND sequence >= ?2 AND sequence < ?2 + ?3")
                    .formatted(Segment.ENTRY_BYTES));
        PreparedStatement remove =
            connection.prepareStatement("DELETE FROM segment WHERE first = ?")) {
      find.setLong(1, parameter);
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          forget.setBytes(1, row.getBytes(3));
          forget.setLong(2, row.getLong(1));
          forget.setInt(3, row.getInt(2));
          forget.executeUpdate();
          remove.setLong(1, row.getLong(1));
          remove.addBatch();
          tasks += row.getInt(2);
        }
      }
      if (tasks > 0) {
        remove.executeBatch();
      }
    }
    return tasks;
  }
}
