package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
  private final EndedTables ended;
  private final MemberBlocks members;
  private final PreparedStatement findBatch;
  private final PreparedStatement deleteTask;
  private final PreparedStatement insertTask;
  private final PreparedStatement putBatch;
  private final PreparedStatement putSequence;
  private final PreparedStatement putUnreadable;
  private final List<PreparedStatement> all;

  /** What was recorded of the tasks of this transaction. */
  private final Map<TaskId, Ledger.RecordedTask> tasks = new HashMap<>();

  /** Numbers of the batches of this transaction. */
  private final Map<String, Long> numbers = new HashMap<>();

  private long lastNumber;

  LedgerTables(Connection connection) throws SQLException {
    ended = new EndedTables(connection);
    members = new MemberBlocks(connection);
    findBatch = connection.prepareStatement(Rows.BATCHES + " WHERE id = ?");
    deleteTask = connection.prepareStatement("DELETE FROM task WHERE sequence = ?");
    insertTask = connection.prepareStatement(Rows.INSERT_TASK);
    putBatch = connection.prepareStatement(Rows.PUT_BATCH);
    putSequence = connection.prepareStatement("UPDATE counter SET sequence = ?");
    putUnreadable =
        connection.prepareStatement(
            "INSERT INTO unreadable (received_at, reason, body) VALUES (?, ?, ?)");
    all = List.of(findBatch, deleteTask, insertTask, putBatch, putSequence, putUnreadable);
  }

  /**
   * Begins a transaction: answers the sequence given last.
   *
   * @param ids of all tasks that it will ask for
   */
  long begin(Connection connection, List<TaskId> ids) throws SQLException {
    numbers.clear();
    tasks.clear();
    members.begin();
    if (!ids.isEmpty()) {
      ended.find(ids, tasks);
    }
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
    return tasks.get(id);
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
      return members.find(number, member.index());
    } catch (SQLException failed) {
      throw new SqlFailure(failed);
    }
  }

  /** Writes what a ledger has gathered, in the order of keys. */
  void write(Ledger ledger) throws SQLException {
    ledger.arrange();
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
    for (Map.Entry<Ledger.Member, TaskState> one : ledger.members().entrySet()) {
      members.put(number(one.getKey().batch()), one.getKey().index(), one.getValue());
    }
    members.write();
  }

  private void writeTasks(Ledger ledger) throws SQLException {
    long now = ledger.now().toEpochMilli();
    for (Segment segment : ledger.segments()) {
      String batch = segment.batch();
      ended.write(segment, batch == null ? null : number(batch), now);
    }
    if (ledger.waiting().isEmpty()) {
      return;
    }
    for (Ledger.WaitingTask waiting : ledger.waiting()) {
      if (waiting.replaced() != 0) {
        deleteTask.setLong(1, waiting.replaced());
        deleteTask.addBatch();
      }
    }
    deleteTask.executeBatch();
    for (Ledger.WaitingTask waiting : ledger.waiting()) {
      String batch = waiting.task().lineage().batch();
      Rows.bind(insertTask, waiting.task(), batch == null ? null : number(batch), now);
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
    ended.close();
    members.close();
    for (PreparedStatement statement : all) {
      statement.close();
    }
  }
}
