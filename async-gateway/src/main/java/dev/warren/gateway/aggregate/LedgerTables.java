package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables as a {@link Ledger} sees them: looks up what it asks for, and writes what it has
 * gathered. Statements are prepared once for a connection, of which this is the only user. Not safe
 * for concurrent use.
 */
final class LedgerTables implements Ledger.Memory, AutoCloseable {
  private final PreparedStatement findTask;
  private final PreparedStatement findBatch;
  private final PreparedStatement findMember;
  private final PreparedStatement deleteTask;
  private final PreparedStatement insertTask;
  private final PreparedStatement putBatch;
  private final PreparedStatement putMember;
  private final PreparedStatement putSequence;
  private final PreparedStatement putUnreadable;
  private final List<PreparedStatement> all;

  /** Numbers of the batches of this transaction. */
  private final Map<String, Long> numbers = new HashMap<>();

  private long lastNumber;

  LedgerTables(Connection connection) throws SQLException {
    findTask =
        connection.prepareStatement(
            "SELECT sequence, generation, state, attempt, due_at FROM task WHERE id = ?");
    findBatch = connection.prepareStatement(Rows.BATCHES + " WHERE id = ?");
    findMember =
        connection.prepareStatement("SELECT state FROM member WHERE batch = ? AND position = ?");
    deleteTask = connection.prepareStatement("DELETE FROM task WHERE sequence = ?");
    insertTask = connection.prepareStatement(Rows.INSERT_TASK);
    putBatch = connection.prepareStatement(Rows.PUT_BATCH);
    putMember =
        connection.prepareStatement(
            "INSERT INTO member (batch, position, state) VALUES (?, ?, ?)"
                + " ON CONFLICT (batch, position) DO UPDATE SET state = excluded.state");
    putSequence = connection.prepareStatement("UPDATE counter SET sequence = ?");
    putUnreadable =
        connection.prepareStatement(
            "INSERT INTO unreadable (received_at, reason, body) VALUES (?, ?, ?)");
    all =
        List.of(
            findTask,
            findBatch,
            findMember,
            deleteTask,
            insertTask,
            putBatch,
            putMember,
            putSequence,
            putUnreadable);
  }

  /** Begins a transaction: the sequence given last. */
  long begin(Connection connection) throws SQLException {
    numbers.clear();
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT (SELECT sequence FROM counter),"
                    + " (SELECT coalesce(max(number), 0) FROM batch)");
        ResultSet row = statement.executeQuery()) {
      row.next();
      lastNumber = row.getLong(2);
      return row.getLong(1);
    }
  }

  @Override
  public Ledger.@Nullable RecordedTask task(TaskId id) {
    try {
      findTask.setBytes(1, Rows.bytes(id));
      try (ResultSet row = findTask.executeQuery()) {
        return row.next()
            ? new Ledger.RecordedTask(
                row.getLong(1),
                new TaskRule.Known(
                    row.getInt(2), Rows.taskState(row.getString(3)), row.getInt(4), row.getLong(5)))
            : null;
      }
    } catch (SQLException failed) {
      throw new SqlFailure(failed);
    }
  }

  @Override
  public @Nullable Tally batch(String id) {
    try {
      findBatch.setString(1, id);
      try (ResultSet row = findBatch.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        numbers.put(id, row.getLong("number"));
        return new Tally(Rows.batch(row), Rows.requiredTime(row, "heard_at"));
      }
    } catch (SQLException failed) {
      throw new SqlFailure(failed);
    }
  }

  @Override
  public @Nullable TaskState member(Ledger.Member member) {
    Long number = numbers.get(member.batch());
    if (number == null) {
      return null;
    }
    try {
      findMember.setLong(1, number);
      findMember.setLong(2, member.index());
      try (ResultSet row = findMember.executeQuery()) {
        return row.next() ? Rows.taskState(row.getString(1)) : null;
      }
    } catch (SQLException failed) {
      throw new SqlFailure(failed);
    }
  }

  /** Writes what a ledger has gathered, in the order of keys. */
  void write(Ledger ledger) throws SQLException {
    writeBatches(ledger);
    writeMembers(ledger);
    writeTasks(ledger);
    putSequence.setLong(1, ledger.sequence());
    putSequence.executeUpdate();
  }

  /** Keeps what cannot be read. */
  void keepUnreadable(byte[] body, String reason, long nowMillis) throws SQLException {
    putUnreadable.setLong(1, nowMillis);
    putUnreadable.setString(2, reason);
    putUnreadable.setBytes(3, body);
    putUnreadable.executeUpdate();
  }

  private void writeBatches(Ledger ledger) throws SQLException {
    if (ledger.batches().isEmpty()) {
      return;
    }
    for (Tally tally : ledger.batches()) {
      long number = numbers.computeIfAbsent(tally.id(), missing -> ++lastNumber);
      Rows.bind(putBatch, number, tally.record(ledger::next), tally.heardAt());
      putBatch.addBatch();
    }
    putBatch.executeBatch();
  }

  private void writeMembers(Ledger ledger) throws SQLException {
    if (ledger.members().isEmpty()) {
      return;
    }
    List<Map.Entry<Ledger.Member, TaskState>> sorted =
        ledger.members().entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                        (Map.Entry<Ledger.Member, TaskState> one) -> number(one.getKey().batch()))
                    .thenComparingLong(one -> one.getKey().index()))
            .toList();
    for (Map.Entry<Ledger.Member, TaskState> one : sorted) {
      putMember.setLong(1, number(one.getKey().batch()));
      putMember.setLong(2, one.getKey().index());
      putMember.setString(3, one.getValue().text());
      putMember.addBatch();
    }
    putMember.executeBatch();
  }

  private void writeTasks(Ledger ledger) throws SQLException {
    boolean replaces = false;
    for (Ledger.TaskChange change : ledger.tasks()) {
      if (change.replaced() != 0) {
        deleteTask.setLong(1, change.replaced());
        deleteTask.addBatch();
        replaces = true;
      }
    }
    if (replaces) {
      deleteTask.executeBatch();
    }
    if (ledger.tasks().isEmpty()) {
      return;
    }
    long now = ledger.now().toEpochMilli();
    for (Ledger.TaskChange change : ledger.tasks()) {
      String batch = change.task().lineage().batch();
      Rows.bind(insertTask, change, batch == null ? null : number(batch), now);
      insertTask.addBatch();
    }
    insertTask.executeBatch();
  }

  private long number(String batch) {
    Long number = numbers.get(batch);
    if (number == null) {
      throw new IllegalStateException("batch " + batch + " is not part of this transaction");
    }
    return number;
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : all) {
      statement.close();
    }
  }
}
