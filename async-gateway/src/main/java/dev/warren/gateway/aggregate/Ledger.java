package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of the store before it is written: takes entries, looks up what they concern, and
 * gathers what changes. Holds all the rules and no SQL. Not safe for concurrent use.
 */
final class Ledger {
  /** What is recorded already; each thing is looked up once. */
  interface Memory {
    @Nullable RecordedTask task(TaskId id);

    @Nullable Tally batch(String id);

    @Nullable TaskState member(Member member);
  }

  /** What is recorded of a task. */
  record RecordedTask(long sequence, TaskRule.Known known) {}

  /** The key under which a member of a batch is counted, once. */
  record Member(String batch, long index) {}

  /**
   * A task to write.
   *
   * @param replaced the sequence under which it was recorded; 0 if it was not
   * @param member whether this is how a member of its batch ended
   */
  record TaskChange(TaskRecord task, long replaced, boolean member) {}

  private final Memory memory;
  private final TaskRule rule;
  private final Instant now;
  private final Map<TaskId, TaskChange> tasks = new LinkedHashMap<>();
  private final Map<String, Tally> batches = new LinkedHashMap<>();
  private final Map<Member, TaskState> members = new HashMap<>();
  private long sequence;
  private long duplicates;
  private long recorded;

  /**
   * @param sequence the last that was given
   * @param now the time of the transaction
   */
  Ledger(Memory memory, TaskRule rule, long sequence, Instant now) {
    this.memory = memory;
    this.rule = rule;
    this.sequence = sequence;
    this.now = now;
  }

  void record(Entry entry) {
    switch (entry) {
      case Entry.OfTask(TaskRecord task, boolean continues) -> record(task, continues);
      case Entry.Opened(String batch, String description, Instant at) -> {
        batch(batch).opened(description, at, now);
        recorded++;
      }
      case Entry.Closed(String batch, long count, Instant at) -> {
        batch(batch).closed(count, at, now);
        recorded++;
      }
      case Entry.CancelRequested(String batch, Instant at) -> {
        batch(batch).cancelRequested(at, now);
        recorded++;
      }
      case Entry.Idle(String batch, Instant since) -> abandon(batch, since);
    }
  }

  private void record(TaskRecord task, boolean continues) {
    TaskChange earlier = tasks.get(task.id());
    RecordedTask stored = earlier == null ? memory.task(task.id()) : null;
    TaskRule.Known known =
        earlier != null
            ? TaskRule.Known.of(earlier.task())
            : stored == null ? null : stored.known();
    if (!rule.records(known, TaskRule.Known.of(task))) {
      duplicates++;
      return;
    }
    long replaced = earlier != null ? earlier.replaced() : stored == null ? 0 : stored.sequence();
    Lineage lineage = task.lineage();
    String batch = lineage.batch();
    Long index = lineage.batchIndex();
    boolean member = batch != null && index != null && task.state().ended() && !continues;
    if (batch != null) {
      batch(batch).heard(now);
      if (member && index != null) {
        batch(batch).memberRecorded();
        end(new Member(batch, index), task.state());
      }
    }
    // Taken out first, so that the order of the map is the order of recording.
    tasks.remove(task.id());
    tasks.put(task.id(), new TaskChange(task.withSequence(++sequence), replaced, member));
    recorded++;
  }

  /** Of all ends of a member the first one counts, but any other counts more than dead. */
  private void end(Member member, TaskState state) {
    TaskState before = members.get(member);
    if (before == null) {
      before = memory.member(member);
    }
    if (before == null || (before == TaskState.DEAD && state != TaskState.DEAD)) {
      members.put(member, state);
      batch(member.batch()).memberEnded(before, state, now);
    }
  }

  private void abandon(String id, Instant since) {
    Tally open = batches.get(id);
    if (open != null) {
      open.abandonUnlessHeardSince(since, now);
      return;
    }
    Tally stored = memory.batch(id);
    if (stored != null && stored.abandonUnlessHeardSince(since, now)) {
      batches.put(id, stored);
    }
  }

  private Tally batch(String id) {
    Tally open = batches.get(id);
    if (open == null) {
      open = memory.batch(id);
      if (open == null) {
        open = new Tally(id, now);
      }
      batches.put(id, open);
    }
    return open;
  }

  /** Tasks to write, in the order of their sequences. */
  Collection<TaskChange> tasks() {
    return tasks.values();
  }

  /** Batches to write. Each has a sequence after those of its members. */
  Collection<Tally> batches() {
    return batches.values();
  }

  /** Members whose end is new or another. */
  Map<Member, TaskState> members() {
    return members;
  }

  /** Gives the next sequence. */
  long next() {
    return ++sequence;
  }

  /** The sequence given last. */
  long sequence() {
    return sequence;
  }

  /** When it happens. */
  Instant now() {
    return now;
  }

  /** Entries that said something new. */
  long recorded() {
    return recorded;
  }

  /** Entries of tasks that said nothing new. */
  long duplicates() {
    return duplicates;
  }
}
