package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A fleet that ends tasks, and a gateway that records what it hears of them: late, twice, in any
 * order, and with crashes before and after the commit.
 */
final class LedgerSimulation {
  /** Mistakes, to see that the simulation finds them. */
  enum Planted {
    NOTHING,
    /** Whatever comes is recorded. */
    RECORDS_DUPLICATES,
    /** A later generation is a duplicate. */
    IGNORES_REPLAYS,
    /** What a task waits for replaces its end. */
    FORGETS_ENDS,
    /** Messages are acknowledged before the commit. */
    ACKNOWLEDGES_FIRST,
    /** A crash in the middle leaves members without their counts. */
    WRITES_WITHOUT_TRANSACTION
  }

  private record Story(List<Entry> entries, TaskState end, String batch, long index) {}

  private final Random random;
  private final Planted planted;
  private final Store store = new Store();
  private final List<Entry> queue = new ArrayList<>();
  private final Map<TaskId, Story> stories = new HashMap<>();
  private final Map<String, Long> closedWith = new HashMap<>();
  private final Map<String, Integer> completions = new HashMap<>();
  private long clock = 1_000;
  private int crashes;
  private int duplicates;

  LedgerSimulation(long seed, Planted planted) {
    this.random = new Random(seed);
    this.planted = planted;
  }

  /** Rows as they survive a crash. */
  private static final class Store implements Ledger.Memory {
    private final Map<TaskId, TaskRecord> tasks = new HashMap<>();
    private final Map<String, BatchRecord> batches = new HashMap<>();
    private final Map<Ledger.Member, TaskState> members = new HashMap<>();
    private long sequence;

    @Override
    public Ledger.@Nullable RecordedTask task(TaskId id) {
      TaskRecord task = tasks.get(id);
      return task == null
          ? null
          : new Ledger.RecordedTask(task.sequence(), TaskRule.Known.of(task));
    }

    @Override
    public @Nullable Tally batch(String id) {
      BatchRecord batch = batches.get(id);
      return batch == null ? null : new Tally(batch, batch.openedAt());
    }

    @Override
    public @Nullable TaskState member(Ledger.Member member) {
      return members.get(member);
    }
  }

  void run() {
    makeUp();
    Collections.shuffle(queue, random);
    while (!queue.isEmpty()) {
      transact();
      checkCounts();
    }
    checkEnds();
  }

  int crashes() {
    return crashes;
  }

  int duplicates() {
    return duplicates;
  }

  private void makeUp() {
    int batches = 1 + random.nextInt(3);
    for (int number = 0; number < batches; number++) {
      String batch = "batch-" + number;
      int members = random.nextInt(8);
      for (int index = 0; index < members; index++) {
        tell(batch, index);
      }
      queue.add(new Entry.Opened(batch, "of " + members, Instant.ofEpochMilli(1)));
      queue.add(new Entry.Closed(batch, members, Instant.ofEpochMilli(2)));
      closedWith.put(batch, (long) members);
    }
    for (Entry entry : List.copyOf(queue)) {
      if (random.nextInt(3) == 0) {
        queue.add(entry);
      }
    }
  }

  /** What is said of a member until it has ended for good. */
  private void tell(String batch, long index) {
    TaskId id = new TaskId(new UUID(random.nextLong(), random.nextLong()));
    Lineage lineage = new Lineage(id, null, batch, index, null);
    List<Entry> entries = new ArrayList<>();
    int generations = 1 + random.nextInt(3);
    TaskState end = TaskState.DEAD;
    for (int generation = 1; generation <= generations; generation++) {
      int attempts = random.nextInt(3);
      for (int attempt = 1; attempt <= attempts; attempt++) {
        entries.add(
            new Entry.OfTask(task(id, generation, TaskState.RETRYING, attempt, lineage), false));
      }
      end = generation < generations ? TaskState.DEAD : anyEnd();
      entries.add(new Entry.OfTask(task(id, generation, end, attempts + 1, lineage), false));
    }
    if (random.nextInt(4) == 0) {
      // The first step of a chain: it ends, and its member does not.
      TaskId first = new TaskId(new UUID(random.nextLong(), random.nextLong()));
      queue.add(new Entry.OfTask(task(first, 1, TaskState.SUCCEEDED, 1, lineage), true));
    }
    stories.put(id, new Story(entries, end, batch, index));
    queue.addAll(entries);
  }

  private TaskState anyEnd() {
    return List.of(TaskState.SUCCEEDED, TaskState.DEAD, TaskState.CANCELLED, TaskState.EXPIRED)
        .get(random.nextInt(4));
  }

  private static TaskRecord task(
      TaskId id, int generation, TaskState state, int attempt, Lineage lineage) {
    Instant time = Instant.ofEpochMilli(attempt);
    return new TaskRecord(
        0,
        id,
        generation,
        "sim.task",
        "default",
        state,
        attempt,
        "worker",
        "threads",
        time,
        time,
        state.ended() ? time : null,
        null,
        state == TaskState.SUCCEEDED ? JsonText.NULL : null,
        state == TaskState.DEAD ? Failure.of("Failed", "in the simulation") : null,
        lineage);
  }

  /** Takes some messages, and perhaps crashes on the way. */
  private void transact() {
    int take = Math.min(queue.size(), 1 + random.nextInt(6));
    List<Entry> taken = List.copyOf(queue.subList(0, take));
    if (planted == Planted.ACKNOWLEDGES_FIRST) {
      queue.subList(0, take).clear();
    }
    Ledger ledger = new Ledger(store, rule(), store.sequence, Instant.ofEpochMilli(++clock));
    taken.forEach(ledger::record);
    boolean crashesBefore = random.nextInt(8) == 0;
    if (crashesBefore) {
      crashes++;
      if (planted == Planted.WRITES_WITHOUT_TRANSACTION) {
        store.members.putAll(ledger.members());
      }
      return;
    }
    commit(ledger);
    duplicates += (int) ledger.duplicates();
    if (random.nextInt(8) == 0) {
      // Committed and not acknowledged: the broker sends all of it again.
      crashes++;
    } else if (planted != Planted.ACKNOWLEDGES_FIRST) {
      queue.subList(0, take).clear();
    }
  }

  private TaskRule rule() {
    return switch (planted) {
      case RECORDS_DUPLICATES -> (known, news) -> true;
      case IGNORES_REPLAYS ->
          (known, news) -> known == null || (!known.state().ended() && news.state().ended());
      case FORGETS_ENDS ->
          (known, news) -> !news.state().ended() || TaskRule.FIRST_END.records(known, news);
      default -> TaskRule.FIRST_END;
    };
  }

  private void commit(Ledger ledger) {
    for (Tally tally : ledger.batches()) {
      BatchRecord before = store.batches.get(tally.id());
      BatchRecord now = tally.record(ledger::next);
      if (now.state() == BatchState.COMPLETED
          && (before == null || before.state() != BatchState.COMPLETED)) {
        completions.merge(now.id(), 1, Integer::sum);
      }
      if (!now.equals(before)) {
        assertThat(before == null ? 0 : before.sequence()).isLessThan(now.sequence());
      }
      store.batches.put(tally.id(), now);
    }
    store.members.putAll(ledger.members());
    for (Ledger.TaskChange change : ledger.tasks()) {
      TaskRecord before = store.tasks.put(change.task().id(), change.task());
      assertThat(change.replaced()).isEqualTo(before == null ? 0 : before.sequence());
      String batch = change.task().lineage().batch();
      if (change.member() && batch != null) {
        // Whoever has read up to the batch's sequence has seen all of its members.
        assertThat(change.task().sequence())
            .isLessThan(Objects.requireNonNull(store.batches.get(batch)).sequence());
      }
    }
    Set<Long> sequences = new HashSet<>();
    store.tasks.values().forEach(task -> assertThat(sequences.add(task.sequence())).isTrue());
    store.sequence = ledger.sequence();
  }

  private void checkCounts() {
    Map<String, Map<TaskState, Long>> rows = new HashMap<>();
    store.members.forEach(
        (member, state) ->
            rows.computeIfAbsent(member.batch(), first -> new HashMap<>())
                .merge(state, 1L, Long::sum));
    for (BatchRecord batch : store.batches.values()) {
      Map<TaskState, Long> counted = rows.getOrDefault(batch.id(), Map.of());
      assertThat(batch.succeeded()).isEqualTo(counted.getOrDefault(TaskState.SUCCEEDED, 0L));
      assertThat(batch.dead()).isEqualTo(counted.getOrDefault(TaskState.DEAD, 0L));
      assertThat(batch.cancelled()).isEqualTo(counted.getOrDefault(TaskState.CANCELLED, 0L));
      assertThat(batch.expired()).isEqualTo(counted.getOrDefault(TaskState.EXPIRED, 0L));
      boolean all = batch.members() != null && batch.ended() >= batch.members();
      assertThat(batch.state() == BatchState.COMPLETED).as("%s", batch).isEqualTo(all);
    }
    assertThat(rows.keySet()).isSubsetOf(store.batches.keySet());
  }

  /** When everything was heard, the order in which it was heard does not matter any more. */
  private void checkEnds() {
    stories.forEach(
        (id, story) -> {
          assertThat(Optional.ofNullable(store.tasks.get(id)).map(TaskRecord::state))
              .as("task %s", id)
              .contains(story.end());
          assertThat(store.members.get(new Ledger.Member(story.batch(), story.index())))
              .isEqualTo(story.end());
        });
    closedWith.forEach(
        (batch, members) -> {
          BatchRecord record = Objects.requireNonNull(store.batches.get(batch), batch);
          assertThat(record.state()).isEqualTo(BatchState.COMPLETED);
          assertThat(record.ended()).isEqualTo(members);
          assertThat(record.description()).isEqualTo("of " + members);
          assertThat(completions.get(batch)).isOne();
        });
  }
}
