package dev.warren.gateway.aggregate;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A batch while entries of it are recorded. Every way to reach a state leads to the same one,
 * whatever the order; it completes once, and counts may move afterwards. Pure; not safe for
 * concurrent use.
 */
final class Tally {
  private final String id;
  private final @Nullable BatchRecord recorded;
  private final Map<TaskState, Long> ended = new EnumMap<>(TaskState.class);
  private String description = "";
  private BatchState state = BatchState.OPEN;
  private @Nullable Long members;
  private Instant openedAt;
  private @Nullable Instant closedAt;
  private @Nullable Instant completedAt;
  private @Nullable Instant cancelRequestedAt;
  private Instant heardAt;
  private boolean membersRecorded;

  /** A batch that is heard of for the first time. */
  Tally(String id, Instant now) {
    this(id, null, now);
  }

  private Tally(String id, @Nullable BatchRecord recorded, Instant now) {
    this.id = id;
    this.recorded = recorded;
    this.openedAt = now;
    this.heardAt = now;
  }

  /** A batch as it was recorded. */
  Tally(BatchRecord batch, Instant heardAt) {
    this(batch.id(), batch, batch.openedAt());
    this.heardAt = heardAt;
    description = batch.description();
    state = batch.state();
    members = batch.members();
    closedAt = batch.closedAt();
    completedAt = batch.completedAt();
    cancelRequestedAt = batch.cancelRequestedAt();
    ended.put(TaskState.SUCCEEDED, batch.succeeded());
    ended.put(TaskState.DEAD, batch.dead());
    ended.put(TaskState.CANCELLED, batch.cancelled());
    ended.put(TaskState.EXPIRED, batch.expired());
  }

  String id() {
    return id;
  }

  Instant heardAt() {
    return heardAt;
  }

  /** Something of it was heard: it is not abandoned, or no longer. */
  void heard(Instant now) {
    heardAt = now;
    if (state == BatchState.ABANDONED) {
      state = BatchState.OPEN;
    }
  }

  void opened(String text, Instant at, Instant now) {
    heard(now);
    if (description.isEmpty()) {
      description = text;
    }
    if (at.isBefore(openedAt)) {
      openedAt = at;
    }
  }

  void closed(long confirmed, Instant at, Instant now) {
    heard(now);
    if (state == BatchState.COMPLETED) {
      return;
    }
    // Two may have added to it and each closed it: the one who knew of more came later.
    members = members == null ? confirmed : Math.max(members, confirmed);
    closedAt = closedAt == null || at.isBefore(closedAt) ? at : closedAt;
    state = BatchState.CLOSED;
    completeIfAllEnded(now);
  }

  void cancelRequested(Instant at, Instant now) {
    heard(now);
    if (cancelRequestedAt == null) {
      cancelRequestedAt = at;
    }
  }

  /** There is a member to read that was not there, or is another. */
  void memberRecorded() {
    membersRecorded = true;
  }

  /** A member ended, or ended otherwise than before. */
  void memberEnded(@Nullable TaskState before, TaskState after, Instant now) {
    heard(now);
    if (before != null) {
      ended.merge(before, -1L, Long::sum);
    }
    ended.merge(after, 1L, Long::sum);
    completeIfAllEnded(now);
  }

  /** Whether this changed anything. */
  boolean abandonUnlessHeardSince(Instant since, Instant now) {
    if (state != BatchState.OPEN || !heardAt.isBefore(since)) {
      return false;
    }
    state = BatchState.ABANDONED;
    // It ends now: it can be looked at for the retention, as any that has ended.
    heardAt = now;
    return true;
  }

  /**
   * The batch as it is now. It gets a new sequence if something of it can be seen to have changed,
   * or if there is something of its members to read: news that change nothing, as the closing of a
   * batch that is heard twice, are no news to readers.
   */
  BatchRecord record(LongSupplier sequences) {
    if (recorded != null && !membersRecorded && record(recorded.sequence()).equals(recorded)) {
      return recorded;
    }
    return record(sequences.getAsLong());
  }

  private BatchRecord record(long sequence) {
    return new BatchRecord(
        sequence,
        id,
        description,
        state,
        members,
        count(TaskState.SUCCEEDED),
        count(TaskState.DEAD),
        count(TaskState.CANCELLED),
        count(TaskState.EXPIRED),
        openedAt,
        closedAt,
        completedAt,
        cancelRequestedAt);
  }

  private void completeIfAllEnded(Instant now) {
    if (state == BatchState.CLOSED && members != null && endedMembers() >= members) {
      state = BatchState.COMPLETED;
      completedAt = now;
    }
  }

  private long endedMembers() {
    long sum = 0;
    for (long count : ended.values()) {
      sum += count;
    }
    return sum;
  }

  private long count(TaskState state) {
    return ended.getOrDefault(state, 0L);
  }
}
