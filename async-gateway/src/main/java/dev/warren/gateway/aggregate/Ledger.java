package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
   */
  record TaskChange(Entry.OfTask news, long replaced) {}

  /** A task that waits, with its sequence. */
  record WaitingTask(TaskRecord task, long replaced) {}

  private final Memory memory;
  private final TaskRule rule;
  private final Instant now;
  private final Map<TaskId, TaskChange> tasks = new LinkedHashMap<>();
  private final Map<String, Tally> batches = new LinkedHashMap<>();
  private final Map<Member, TaskState> members = new HashMap<>();
  private final List<WaitingTask> waiting = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private long sequence;
  private long duplicates;
  private long recorded;
  private long ended;

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
      case Entry.OfTask task -> record(task);
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

  private void record(Entry.OfTask news) {
    TaskChange earlier = tasks.get(news.id());
    RecordedTask stored = earlier == null ? memory.task(news.id()) : null;
    TaskRule.Known known =
        earlier != null ? earlier.news().known() : stored == null ? null : stored.known();
    if (!rule.records(known, news.known())) {
      duplicates++;
      return;
    }
    if (news.known().state().ended() && (known == null || !known.state().ended())) {
      ended++;
    }
    long replaced = earlier != null ? earlier.replaced() : stored == null ? 0 : stored.sequence();
    String batch = news.batch();
    if (batch != null) {
      Tally tally = batch(batch);
      tally.heard(now);
      Long index = news.batchIndex();
      if (index != null && news.endsMember()) {
        tally.memberRecorded();
        end(tally, new Member(batch, index), news.known().state());
      }
    }
    if (earlier != null) {
      // Taken out first, so that the order of the map is the order of recording.
      tasks.remove(news.id());
    }
    tasks.put(news.id(), new TaskChange(news, replaced));
    recorded++;
  }

  /** Of all ends of a member the first one counts, but any other counts more than dead. */
  private void end(Tally tally, Member member, TaskState state) {
    TaskState before = members.get(member);
    if (before == null) {
      before = memory.member(member);
    }
    if (before == null || (before == TaskState.DEAD && state != TaskState.DEAD)) {
      members.put(member, state);
      tally.memberEnded(before, state, now);
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

  /**
   * Gives the tasks their sequences, when all is recorded and before the batches are asked for
   * theirs: those that wait first, then those that ended, each batch's together.
   */
  void arrange() {
    Map<Optional<String>, Segment.Builder> open = new HashMap<>();
    List<Segment.Builder> full = new ArrayList<>();
    for (TaskChange change : tasks.values()) {
      switch (change.news()) {
        case Entry.Waiting(TaskRecord task) ->
            waiting.add(new WaitingTask(task.withSequence(++sequence), change.replaced()));
        case Entry.Ended ended -> {
          Optional<String> batch = Optional.ofNullable(ended.batch());
          Segment.Builder segment = open.get(batch);
          if (segment == null || !segment.hasRoomFor(ended)) {
            segment = new Segment.Builder(ended.batch());
            open.put(batch, segment);
            full.add(segment);
          }
          segment.add(ended, change.replaced());
        }
      }
    }
    for (Segment.Builder builder : full) {
      Segment segment = builder.build(sequence + 1);
      sequence += segment.tasks().size();
      segments.add(segment);
    }
  }

  /** Tasks that changed. */
  Collection<TaskChange> tasks() {
    return tasks.values();
  }

  /** Tasks to write that wait. */
  List<WaitingTask> waiting() {
    return waiting;
  }

  /** Tasks to write that ended. */
  List<Segment> segments() {
    return segments;
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

  /** Tasks of which the first end was recorded. */
  long ended() {
    return ended;
  }

  /** Entries of tasks that said nothing new. */
  long duplicates() {
    return duplicates;
  }
}
