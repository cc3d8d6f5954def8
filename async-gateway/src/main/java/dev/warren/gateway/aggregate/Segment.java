package dev.warren.gateway.aggregate;

import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that ended and are recorded together: one row, which costs little more than the bytes of
 * their events. Their sequences follow one another.
 *
 * @param first the sequence of the first one
 * @param batch of which all are members; null if none is a member of any
 */
record Segment(long first, @Nullable String batch, List<Task> tasks) {
  /** An id and where the event ends. */
  static final int ENTRY_BYTES = 2 * Long.BYTES + Integer.BYTES;

  private static final int MOST_TASKS = 256;

  /** A whole one is read to find one of its tasks. */
  private static final int MOST_BYTES = 64 * 1024;

  /**
   * A task of a segment.
   *
   * @param replaced the sequence under which it was recorded; 0 if it was not
   */
  record Task(Entry.Ended ended, long replaced) {}

  /** Gathers a segment. */
  static final class Builder {
    private final @Nullable String batch;
    private final List<Task> tasks = new ArrayList<>();
    private int bytes;

    Builder(@Nullable String batch) {
      this.batch = batch;
    }

    boolean hasRoomFor(Entry.Ended ended) {
      return tasks.isEmpty()
          || (tasks.size() < MOST_TASKS && bytes + ended.event().size() <= MOST_BYTES);
    }

    void add(Entry.Ended ended, long replaced) {
      tasks.add(new Task(ended, replaced));
      bytes += ended.event().size();
    }

    Segment build(long first) {
      return new Segment(first, batch, tasks);
    }
  }

  /** Id and end of each event, in {@link #ENTRY_BYTES}. */
  byte[] directory() {
    ByteBuffer directory = ByteBuffer.allocate(tasks.size() * ENTRY_BYTES);
    int end = 0;
    for (Task task : tasks) {
      UUID id = task.ended().id().value();
      end += task.ended().event().size();
      directory
          .putLong(id.getMostSignificantBits())
          .putLong(id.getLeastSignificantBits())
          .putInt(end);
    }
    return directory.array();
  }

  /** The events one after the other, as they came. */
  byte[] events() {
    int size = 0;
    for (Task task : tasks) {
      size += task.ended().event().size();
    }
    byte[] events = new byte[size];
    int end = 0;
    for (Task task : tasks) {
      end = task.ended().event().copyTo(events, end);
    }
    return events;
  }

  /** A segment that is read. */
  static final class Stored {
    private final long first;
    private final ByteBuffer directory;
    private final byte[] events;

    Stored(long first, byte[] directory, byte[] events) {
      this.first = first;
      this.directory = ByteBuffer.wrap(directory);
      this.events = events;
    }

    long first() {
      return first;
    }

    int size() {
      return directory.capacity() / ENTRY_BYTES;
    }

    TaskId id(int index) {
      int at = index * ENTRY_BYTES;
      return new TaskId(new UUID(directory.getLong(at), directory.getLong(at + Long.BYTES)));
    }

    /** The event of a task, as it was recorded. */
    OutcomeEvent event(int index) {
      int begin = index == 0 ? 0 : end(index - 1);
      ByteArrayOutputStream array = new ByteArrayOutputStream();
      array.write('[');
      array.write(events, begin, end(index) - begin);
      array.write(']');
      List<String> reasons = new ArrayList<>();
      List<Event> read =
          EventCodec.read(
              array.toByteArray(), reason -> reasons.add(String.valueOf(reason.getMessage())));
      return Optional.of(read)
          .filter(some -> some.size() == 1)
          .map(List::getFirst)
          .filter(OutcomeEvent.class::isInstance)
          .map(OutcomeEvent.class::cast)
          .orElseThrow(
              () ->
                  new CodecException(
                      "what is recorded of task %s cannot be read: %s"
                          .formatted(id(index), reasons)));
    }

    private int end(int index) {
      return directory.getInt(index * ENTRY_BYTES + 2 * Long.BYTES);
    }
  }
}
