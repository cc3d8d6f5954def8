package dev.warren.gateway.aggregate;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Records as rows. */
final class Rows {
  /** Selects tasks as {@link #task} reads them. */
  static final String TASKS =
      "SELECT t.*, b.id AS batch_id FROM task t LEFT JOIN batch b ON b.number = t.batch";

  /** Selects batches as {@link #batch} reads them. */
  static final String BATCHES = "SELECT * FROM batch";

  static final String INSERT_TASK =
      """
      INSERT INTO task (sequence, id, generation, type, queue, state, attempt, worker, lane,
        enqueued_at, started_at, ended_at, due_at, result, failure_type, failure_message,
        failure_stack, root, parent, batch, position, member, recorded_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  static final String PUT_BATCH =
      """
      INSERT INTO batch (number, id, sequence, description, state, members, succeeded, dead,
        cancelled, expired, opened_at, closed_at, completed_at, cancel_requested_at, heard_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (number) DO UPDATE SET sequence = excluded.sequence,
        description = excluded.description, state = excluded.state, members = excluded.members,
        succeeded = excluded.succeeded, dead = excluded.dead, cancelled = excluded.cancelled,
        expired = excluded.expired, opened_at = excluded.opened_at,
        closed_at = excluded.closed_at, completed_at = excluded.completed_at,
        cancel_requested_at = excluded.cancel_requested_at, heard_at = excluded.heard_at\
      """;

  private static final Map<String, TaskState> TASK_STATES =
      Arrays.stream(TaskState.values())
          .collect(Collectors.toUnmodifiableMap(TaskState::text, Function.identity()));

  private Rows() {}

  static void bind(PreparedStatement into, TaskRecord task, @Nullable Long batch, long nowMillis)
      throws SQLException {
    Failure failure = task.failure();
    Lineage lineage = task.lineage();
    into.setLong(1, task.sequence());
    into.setBytes(2, bytes(task.id()));
    into.setInt(3, task.generation());
    into.setString(4, task.type());
    into.setString(5, task.queue());
    into.setString(6, task.state().text());
    into.setInt(7, task.attempt());
    into.setString(8, task.worker());
    into.setString(9, task.lane());
    into.setLong(10, task.enqueuedAt().toEpochMilli());
    setTime(into, 11, task.startedAt());
    setTime(into, 12, task.endedAt());
    setTime(into, 13, task.dueAt());
    into.setString(14, task.result() == null ? null : task.result().toString());
    into.setString(15, failure == null ? null : failure.type());
    into.setString(16, failure == null ? null : failure.message());
    into.setString(17, failure == null ? null : failure.stack());
    into.setBytes(18, lineage.root().equals(task.id()) ? null : bytes(lineage.root()));
    into.setBytes(19, lineage.parent() == null ? null : bytes(lineage.parent()));
    setNumber(into, 20, batch);
    setNumber(into, 21, lineage.batchIndex());
    // It waits: no member ends with it.
    into.setInt(22, 0);
    into.setLong(23, nowMillis);
  }

  static void bind(PreparedStatement into, long number, BatchRecord batch, Instant heardAt)
      throws SQLException {
    into.setLong(1, number);
    into.setString(2, batch.id());
    into.setLong(3, batch.sequence());
    into.setString(4, batch.description());
    into.setString(5, batch.state().text());
    setNumber(into, 6, batch.members());
    into.setLong(7, batch.succeeded());
    into.setLong(8, batch.dead());
    into.setLong(9, batch.cancelled());
    into.setLong(10, batch.expired());
    into.setLong(11, batch.openedAt().toEpochMilli());
    setTime(into, 12, batch.closedAt());
    setTime(into, 13, batch.completedAt());
    setTime(into, 14, batch.cancelRequestedAt());
    into.setLong(15, heardAt.toEpochMilli());
  }

  static TaskRecord task(ResultSet row) throws SQLException {
    TaskId id = id(row.getBytes("id"));
    byte[] root = row.getBytes("root");
    byte[] parent = row.getBytes("parent");
    String result = row.getString("result");
    String failure = row.getString("failure_type");
    return new TaskRecord(
        row.getLong("sequence"),
        id,
        row.getInt("generation"),
        row.getString("type"),
        row.getString("queue"),
        taskState(row.getString("state")),
        row.getInt("attempt"),
        row.getString("worker"),
        row.getString("lane"),
        requiredTime(row, "enqueued_at"),
        time(row, "started_at"),
        time(row, "ended_at"),
        time(row, "due_at"),
        result == null ? null : JsonText.of(result),
        failure == null
            ? null
            : new Failure(
                failure, row.getString("failure_message"), row.getString("failure_stack")),
        new Lineage(
            root == null ? id : id(root),
            parent == null ? null : id(parent),
            row.getString("batch_id"),
            number(row, "position"),
            null));
  }

  static BatchRecord batch(ResultSet row) throws SQLException {
    return new BatchRecord(
        row.getLong("sequence"),
        row.getString("id"),
        row.getString("description"),
        BatchState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        number(row, "members"),
        row.getLong("succeeded"),
        row.getLong("dead"),
        row.getLong("cancelled"),
        row.getLong("expired"),
        requiredTime(row, "opened_at"),
        time(row, "closed_at"),
        time(row, "completed_at"),
        time(row, "cancel_requested_at"));
  }

  static TaskState taskState(String word) {
    return Objects.requireNonNull(TASK_STATES.get(word), word);
  }

  static byte[] bytes(TaskId id) {
    UUID value = id.value();
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(value.getMostSignificantBits())
        .putLong(value.getLeastSignificantBits())
        .array();
  }

  static Instant requiredTime(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  static TaskId id(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new TaskId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    Long millis = number(row, column);
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  private static void setTime(PreparedStatement into, int at, @Nullable Instant time)
      throws SQLException {
    setNumber(into, at, time == null ? null : time.toEpochMilli());
  }

  static void setNumber(PreparedStatement into, int at, @Nullable Long number) throws SQLException {
    if (number == null) {
      into.setNull(at, Types.BIGINT);
    } else {
      into.setLong(at, number);
    }
  }
}
