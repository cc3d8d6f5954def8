package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Segments and the index of their tasks, as the writer uses them: many tasks for each call of the
 * database, which costs more than what it does for one of them. Not safe for concurrent use.
 */
final class EndedTables implements AutoCloseable {
  private static final int ID_BYTES = 2 * Long.BYTES;

  /** As many as the table of steps has rows. */
  private static final int STEPS = 512;

  private static final String FROM_IDS =
      " FROM step CROSS JOIN %s known ON known.id = substr(?1, step.n * "
          + ID_BYTES
          + " + 1, "
          + ID_BYTES
          + ") WHERE step.n < ?2";

  private final PreparedStatement findEnded;
  private final PreparedStatement findTasks;
  private final PreparedStatement anyTask;
  private final PreparedStatement deleteTask;
  private final PreparedStatement deleteEnded;
  private final PreparedStatement markStale;
  private final PreparedStatement insertSegment;
  private final PreparedStatement insertEnded;
  private final PreparedStatement putState;
  private final List<PreparedStatement> all;

  EndedTables(Connection connection) throws SQLException {
    findEnded =
        connection.prepareStatement(
            "SELECT known.id, known.sequence, known.generation, known.state"
                + FROM_IDS.formatted("ended"));
    findTasks =
        connection.prepareStatement(
            "SELECT known.id, known.sequence, known.generation, known.state, known.attempt,"
                + " known.due_at"
                + FROM_IDS.formatted("task"));
    anyTask = connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM task)");
    deleteTask = connection.prepareStatement("DELETE FROM task WHERE sequence = ?");
    deleteEnded = connection.prepareStatement("DELETE FROM ended WHERE id = ?");
    markStale =
        connection.prepareStatement(
            "UPDATE segment SET stale = 1 WHERE first = (SELECT max(first) FROM segment WHERE"
                + " first <= ?)");
    insertSegment =
        connection.prepareStatement(
            "INSERT INTO segment (first, tasks, batch, recorded_at, stale, directory, events)"
                + " VALUES (?, ?, ?, ?, 0, ?, ?)");
    insertEnded =
        connection.prepareStatement(
            "INSERT INTO ended (id, sequence) SELECT substr(?1, n * %d + 1, %d), ?2 + n FROM step WHERE n < ?3"
                .formatted(Segment.ENTRY_BYTES, ID_BYTES));
    putState =
        connection.prepareStatement("UPDATE ended SET generation = ?, state = ? WHERE id = ?");
    all =
        List.of(
            findEnded,
            findTasks,
            anyTask,
            deleteTask,
            deleteEnded,
            markStale,
            insertSegment,
            insertEnded,
            putState);
  }

  /** What is recorded of tasks, into a map in which the others are absent. */
  void find(List<TaskId> ids, Map<TaskId, Ledger.RecordedTask> found) throws SQLException {
    boolean tasks;
    try (ResultSet row = anyTask.executeQuery()) {
      tasks = row.next() && row.getBoolean(1);
    }
    for (int from = 0; from < ids.size(); from += STEPS) {
      List<TaskId> some = ids.subList(from, Math.min(ids.size(), from + STEPS));
      byte[] packed = pack(some);
      findEnded.setBytes(1, packed);
      findEnded.setInt(2, some.size());
      try (ResultSet row = findEnded.executeQuery()) {
        while (row.next()) {
          String state = row.getString(4);
          found.put(
              Rows.id(row.getBytes(1)),
              new Ledger.RecordedTask(
                  row.getLong(2),
                  state == null
                      ? new TaskRule.Known(1, TaskState.SUCCEEDED, 0, 0)
                      : new TaskRule.Known(row.getInt(3), Rows.taskState(state), 0, 0)));
        }
      }
      if (tasks) {
        findTasks(packed, some.size(), found);
      }
    }
  }

  private void findTasks(byte[] packed, int count, Map<TaskId, Ledger.RecordedTask> found)
      throws SQLException {
    findTasks.setBytes(1, packed);
    findTasks.setInt(2, count);
    try (ResultSet row = findTasks.executeQuery()) {
      while (row.next()) {
        found.put(
            Rows.id(row.getBytes(1)),
            new Ledger.RecordedTask(
                row.getLong(2),
                new TaskRule.Known(
                    row.getInt(3),
                    Rows.taskState(row.getString(4)),
                    row.getInt(5),
                    row.getLong(6))));
      }
    }
  }

  /** Writes a segment; what was recorded of its tasks is gone afterwards. */
  void write(Segment segment, @Nullable Long batch, long nowMillis) throws SQLException {
    for (Segment.Task task : segment.tasks()) {
      if (task.replaced() != 0) {
        forget(task);
      }
    }
    byte[] directory = segment.directory();
    insertSegment.setLong(1, segment.first());
    insertSegment.setInt(2, segment.tasks().size());
    Rows.setNumber(insertSegment, 3, batch);
    insertSegment.setLong(4, nowMillis);
    insertSegment.setBytes(5, directory);
    insertSegment.setBytes(6, segment.events());
    insertSegment.executeUpdate();
    insertEnded.setBytes(1, directory);
    insertEnded.setLong(2, segment.first());
    insertEnded.setInt(3, segment.tasks().size());
    insertEnded.executeUpdate();
    for (Segment.Task task : segment.tasks()) {
      TaskRule.Known known = task.ended().known();
      if (known.generation() != 1 || known.state() != TaskState.SUCCEEDED) {
        putState.setInt(1, known.generation());
        putState.setString(2, known.state().text());
        putState.setBytes(3, Rows.bytes(task.ended().id()));
        putState.executeUpdate();
      }
    }
  }

  /** Most of those that are known waited; the others are replayed. */
  private void forget(Segment.Task task) throws SQLException {
    deleteTask.setLong(1, task.replaced());
    if (deleteTask.executeUpdate() == 0) {
      deleteEnded.setBytes(1, Rows.bytes(task.ended().id()));
      deleteEnded.executeUpdate();
      markStale.setLong(1, task.replaced());
      markStale.executeUpdate();
    }
  }

  private static byte[] pack(List<TaskId> ids) {
    ByteBuffer packed = ByteBuffer.allocate(ids.size() * ID_BYTES);
    for (TaskId id : ids) {
      UUID value = id.value();
      packed.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }
    return packed.array();
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : all) {
      statement.close();
    }
  }
}
