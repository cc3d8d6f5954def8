package dev.warren.gateway.aggregate;

import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tasks from where they are: those that wait in rows of their own, as all that were recorded
 * before there were segments; those that ended in segments.
 */
final class TaskQueries {
  private static final Logger LOG = LoggerFactory.getLogger(TaskQueries.class);
  private static final String SEGMENT = "SELECT first, stale, directory, events FROM segment ";

  /** Reads the sequence at which a task's end is recorded, into a segment. */
  private static final String CURRENT = "SELECT sequence FROM ended WHERE id = ?";

  private TaskQueries() {}

  static Optional<TaskRecord> task(Connection connection, TaskId id) throws SQLException {
    List<TaskRecord> ended = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT ended.sequence, segment.first, segment.directory, segment.events FROM ended"
                + " JOIN segment ON segment.first = (SELECT max(first) FROM segment WHERE first <="
                + " ended.sequence) WHERE ended.id = ?")) {
      query.setBytes(1, Rows.bytes(id));
      try (ResultSet row = query.executeQuery()) {
        if (row.next()) {
          Segment.Stored segment =
              new Segment.Stored(row.getLong(2), row.getBytes(3), row.getBytes(4));
          add(segment, (int) (row.getLong(1) - segment.first()), false, ended);
        }
      }
    }
    return ended.isEmpty()
        ? StoreReaders.rows(
                connection,
                Rows.TASKS + " WHERE t.id = ?",
                query -> query.setBytes(1, Rows.bytes(id)),
                Rows::task)
            .stream()
            .findFirst()
        : Optional.of(ended.getFirst());
  }

  static List<TaskRecord> members(Connection connection, String batch, long after, int limit)
      throws SQLException {
    List<TaskRecord> rows =
        StoreReaders.rows(
            connection,
            Rows.TASKS
                + " WHERE t.batch = (SELECT number FROM batch WHERE id = ?) AND t.sequence > ?"
                + " AND t.member = 1 ORDER BY t.sequence LIMIT ?",
            query -> {
              query.setString(1, batch);
              query.setLong(2, after);
              query.setInt(3, limit);
            },
            Rows::task);
    List<TaskRecord> ended =
        fromSegments(
            connection,
            SEGMENT
                + "WHERE batch = (SELECT number FROM batch WHERE id = ?1) AND first >="
                + " coalesce((SELECT max(first) FROM segment WHERE batch = (SELECT number FROM"
                + " batch WHERE id = ?1) AND first <= ?2), 0) ORDER BY first",
            query -> {
              query.setString(1, batch);
              query.setLong(2, after);
            },
            new Page(after, limit, true));
    return merged(rows, ended, limit);
  }

  static List<TaskRecord> ended(Connection connection, long after, int limit) throws SQLException {
    List<TaskRecord> rows =
        StoreReaders.rows(
            connection,
            Rows.TASKS
                + " WHERE t.sequence > ? AND t.ended_at IS NOT NULL ORDER BY t.sequence LIMIT ?",
            query -> {
              query.setLong(1, after);
              query.setInt(2, limit);
            },
            Rows::task);
    List<TaskRecord> ended =
        fromSegments(
            connection,
            SEGMENT
                + "WHERE first >= coalesce((SELECT max(first) FROM segment WHERE first <= ?1), 0)"
                + " ORDER BY first",
            query -> query.setLong(1, after),
            new Page(after, limit, false));
    return merged(rows, ended, limit);
  }

  /**
   * What to take.
   *
   * @param members only those with which a member of a batch ended
   */
  private record Page(long after, int limit, boolean members) {}

  private static List<TaskRecord> fromSegments(
      Connection connection, String sql, StoreReaders.Binding binding, Page page)
      throws SQLException {
    List<TaskRecord> tasks = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql);
        PreparedStatement current = connection.prepareStatement(CURRENT)) {
      binding.bind(query);
      try (ResultSet row = query.executeQuery()) {
        while (tasks.size() < page.limit() && row.next()) {
          Segment.Stored segment =
              new Segment.Stored(row.getLong(1), row.getBytes(3), row.getBytes(4));
          boolean stale = row.getBoolean(2);
          for (int index = 0; index < segment.size() && tasks.size() < page.limit(); index++) {
            long sequence = segment.first() + index;
            if (sequence > page.after()
                && (!stale || isCurrent(current, segment.id(index), sequence))) {
              add(segment, index, page.members(), tasks);
            }
          }
        }
      }
    }
    return tasks;
  }

  private static void add(
      Segment.Stored segment, int index, boolean onlyMembers, List<TaskRecord> tasks) {
    try {
      OutcomeEvent event = segment.event(index);
      Lineage lineage = event.lineage();
      boolean member =
          lineage.batch() != null && lineage.batchIndex() != null && !event.continues();
      if (member || !onlyMembers) {
        tasks.add(EventEntries.task(segment.first() + index, event));
      }
    } catch (CodecException unreadable) {
      // It was read before it was written: the file is damaged. The others can be shown.
      LOG.warn("{}", unreadable.getMessage());
    }
  }

  private static boolean isCurrent(PreparedStatement current, TaskId id, long sequence)
      throws SQLException {
    current.setBytes(1, Rows.bytes(id));
    try (ResultSet row = current.executeQuery()) {
      return row.next() && row.getLong(1) == sequence;
    }
  }

  private static List<TaskRecord> merged(List<TaskRecord> one, List<TaskRecord> other, int limit) {
    if (one.isEmpty()) {
      return other;
    }
    List<TaskRecord> both = new ArrayList<>(one);
    both.addAll(other);
    both.sort(Comparator.comparingLong(TaskRecord::sequence));
    return both.size() > limit ? both.subList(0, limit) : both;
  }
}
