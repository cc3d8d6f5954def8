package dev.warren.gateway.aggregate;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Deletes batches with all that belongs to them, some rows in a transaction. */
final class BatchExpiry {
  private static final int MOST_BATCHES = 500;
  private static final int MOST_ROWS = 500;
  private static final int MOST_BLOCKS = 100;

  private BatchExpiry() {}

  /**
   * What a step has done.
   *
   * @param batches so many of those given are looked after, from the first on
   * @param gone so many of them are deleted
   */
  record Step(int tasks, int batches, int gone) {}

  /** Numbers of batches that are over, and of closed ones that can get nothing any more. */
  static List<Long> find(Connection connection, Instant ended, Instant waiting)
      throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT number FROM batch WHERE (state IN ('completed', 'abandoned') AND"
                + " heard_at < ?) OR (state = 'closed' AND heard_at < ?) LIMIT "
                + MOST_BATCHES)) {
      query.setLong(1, ended.toEpochMilli());
      query.setLong(2, waiting.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
        }
      }
    }
    return numbers;
  }

  /** Many small batches, or a part of a large one. */
  static Step step(Connection connection, List<Long> batches) throws SQLException {
    int rows = 0;
    int tasks = 0;
    int gone = 0;
    for (int index = 0; index < batches.size(); index++) {
      long batch = batches.get(index);
      int members = Expiry.segmentsOf(connection, batch) + deleteTasks(connection, batch);
      int others = deleteMembers(connection, batch) + deleteBlocks(connection, batch);
      tasks += members;
      rows += 1 + members + others;
      int emptied = deleteEmpty(connection, batch);
      gone += emptied;
      boolean more = emptied == 0 && members + others > 0;
      if (more || rows >= MOST_ROWS) {
        return new Step(tasks, more ? index : index + 1, gone);
      }
    }
    return new Step(tasks, batches.size(), gone);
  }

  private static int deleteTasks(Connection connection, long batch) throws SQLException {
    return delete(
        connection,
        "DELETE FROM task WHERE sequence IN (SELECT sequence FROM task WHERE batch = ?1 LIMIT ?2)",
        batch,
        MOST_ROWS);
  }

  private static int deleteMembers(Connection connection, long batch) throws SQLException {
    return delete(
        connection,
        "DELETE FROM member WHERE batch = ?1 AND position IN (SELECT position FROM member WHERE"
            + " batch = ?1 LIMIT ?2)",
        batch,
        MOST_ROWS);
  }

  private static int deleteBlocks(Connection connection, long batch) throws SQLException {
    return delete(
        connection,
        "DELETE FROM member_block WHERE batch = ?1 AND block IN (SELECT block FROM member_block"
            + " WHERE batch = ?1 LIMIT ?2)",
        batch,
        MOST_BLOCKS);
  }

  /**
   * A batch of which something is left stays: it has more than a step deletes, or something was
   * heard of it meanwhile. Its number would be given to another one, and what is left would count
   * there.
   */
  private static int deleteEmpty(Connection connection, long batch) throws SQLException {
    return delete(
        connection,
        "DELETE FROM batch WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM task WHERE batch = ?1)"
            + " AND NOT EXISTS (SELECT 1 FROM segment WHERE batch = ?1)"
            + " AND NOT EXISTS (SELECT 1 FROM member WHERE batch = ?1)"
            + " AND NOT EXISTS (SELECT 1 FROM member_block WHERE batch = ?1)",
        batch);
  }

  /** Runs a statement; answers how many rows it deleted. */
  static int delete(Connection connection, String sql, long... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int index = 0; index < parameters.length; index++) {
        statement.setLong(index + 1, parameters[index]);
      }
      return statement.executeUpdate();
    }
  }
}
