package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A fleet that ends tasks, and a gateway that records what it hears of them: late, twice, in any
 * order, with contradictions (an attempt whose acknowledgement was lost may end otherwise the
 * second time), with looks at idle batches, and with crashes before and after the commit. What is
 * recorded is checked after every commit.
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
    WRITES_WITHOUT_TRANSACTION,
    /** The last end of a generation counts, not the first. */
    CHANGES_ENDS,
    /** A later generation replaces whatever there is. */
    REPLACES_SUCCESSES,
    /** An earlier generation replaces a later one. */
    GOES_BACK_TO_EARLIER_GENERATIONS,
    /** A step of a chain is counted as the end of its member. */
    COUNTS_EVERY_STEP_OF_A_CHAIN,
    /** What a replayed task waits for is no news. */
    IGNORES_WAITING_REPLAYS,
    /** Only the first entry of a transaction is recorded. */
    SKIPS_ENTRIES,
    /** That a batch is closed is not heard. */
    IGNORES_CLOSINGS
  }

  /**
   * What will have been said of a task when all is heard.
   *
   * @param ends by generation: how it may have ended
   */
  private record Story(Map<Integer, Set<TaskState>> ends, String batch, long index) {
    int generations() {
      return ends.size();
    }
  }

  private final SplittableRandom random;
  private final Planted planted;
  private final Store store = new Store();
  private final List<Entry> queue = new ArrayList<>();
  private final Map<TaskId, Story> stories = new HashMap<>();
  private final Map<String, Long> closedWith = new HashMap<>();
  private final Map<String, Integer> completions = new HashMap<>();
  private final Map<Ledger.Member, Set<TaskState>> memberEnds = new HashMap<>();
  private long clock = 1_000;
  private int crashes;
  private int duplicates;

  LedgerSimulation(long seed, Planted planted) {
    this.random = new SplittableRandom(seed);
    this.planted = planted;
  }

  /** A task with its sequence. */
  private record Recorded(Entry.OfTask news, long sequence) {
    int generation() {
      return news.known().generation();
    }

    TaskState state() {
      return news.known().state();
    }

    int attempt() {
      return news.known().attempt();
    }
  }

  /** Rows as they survive a crash. */
  private static final class Store implements Ledger.Memory {
    private final Map<TaskId, Recorded> tasks = new HashMap<>();
    private final Map<String, BatchRecord> batches = new HashMap<>();
    private final Map<Ledger.Member, TaskState> members = new HashMap<>();
    private long sequence;

    @Override
    public Ledger.@Nullable RecordedTask task(TaskId id) {
      Recorded task = tasks.get(id);
      return task == null ? null : new Ledger.RecordedTask(task.sequence(), task.news().known());
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
      if (random.nextInt(4) == 0) {
        queue.add(new Entry.CancelRequested(batch, Instant.ofEpochMilli(3)));
      }
      if (random.nextInt(4) == 0) {
        queue.add(new Entry.Idle(batch, Instant.ofEpochMilli(1_000 + random.nextInt(30))));
      }
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
    Map<Integer, Set<TaskState>> ends = new HashMap<>();
    int generations = 1 + random.nextInt(3);
    for (int generation = 1; generation <= generations; generation++) {
      int attempts = random.nextInt(3);
      if (random.nextInt(4) == 0) {
        // As the HTTP API and the submitter of a delayed task tell it.
        queue.add(task(id, generation, TaskState.DELAYED, 0, lineage));
      }
      for (int attempt = 1; attempt <= attempts; attempt++) {
        queue.add(task(id, generation, TaskState.RETRYING, attempt, lineage));
      }
      Set<TaskState> told = EnumSet.of(generation < generations ? TaskState.DEAD : anyEnd());
      if (random.nextInt(6) == 0) {
        // Its acknowledgement was lost, and it ended once more.
        told.add(anyEnd());
      }
      told.forEach(end -> queue.add(task(id, ends.size() + 1, end, attempts + 1, lineage)));
      ends.put(generation, told);
    }
    Set<TaskState> ofMember =
        memberEnds.computeIfAbsent(
            new Ledger.Member(batch, index), first -> EnumSet.noneOf(TaskState.class));
    ends.values().forEach(ofMember::addAll);
    stories.put(id, new Story(ends, batch, index));
    if (random.nextInt(4) == 0) {
      tellOfFirstStep(lineage, ofMember);
    }
  }

  /** The first step of a chain: it ends, and its member does not, unless the step died first. */
  private void tellOfFirstStep(Lineage lineage, Set<TaskState> ofMember) {
    TaskId first = new TaskId(new UUID(random.nextLong(), random.nextLong()));
    boolean died = random.nextBoolean();
    if (died) {
      queue.add(task(first, 1, TaskState.DEAD, 1, lineage));
      ofMember.add(TaskState.DEAD);
    }
    queue.add(
        ended(
            first,
            new TaskRule.Known(died ? 2 : 1, TaskState.SUCCEEDED, 1, 0),
            lineage,
            planted != Planted.COUNTS_EVERY_STEP_OF_A_CHAIN));
  }

  private TaskState anyEnd() {
    return List.of(TaskState.SUCCEEDED, TaskState.DEAD, TaskState.CANCELLED, TaskState.EXPIRED)
        .get(random.nextInt(4));
  }

  private static Entry task(
      TaskId id, int generation, TaskState state, int attempt, Lineage lineage) {
    return state.ended()
        ? ended(id, new TaskRule.Known(generation, state, attempt, 0), lineage, false)
        : waiting(id, generation, state, attempt, lineage);
  }

  private static Entry ended(TaskId id, TaskRule.Known known, Lineage lineage, boolean continues) {
    return new Entry.Ended(
        id, known, lineage.batch(), lineage.batchIndex(), continues, Slice.of(new byte[0]));
  }

  private static Entry waiting(
      TaskId id, int generation, TaskState state, int attempt, Lineage lineage) {
    Instant time = Instant.ofEpochMilli(attempt);
    return new Entry.Waiting(
        new TaskRecord(
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
            null,
            Instant.ofEpochMilli(10L + attempt),
            null,
            null,
            lineage));
  }

  /** Takes some messages, and perhaps crashes on the way. */
  private void transact() {
    int take = Math.min(queue.size(), 1 + random.nextInt(6));
    List<Entry> taken = List.copyOf(queue.subList(0, take));
    if (planted == Planted.ACKNOWLEDGES_FIRST) {
      queue.subList(0, take).clear();
    }
    Ledger ledger = new Ledger(store, rule(), store.sequence, Instant.ofEpochMilli(++clock));
    for (Entry entry : taken) {
      boolean heard =
          switch (planted) {
            case SKIPS_ENTRIES -> entry.equals(taken.getFirst());
            case IGNORES_CLOSINGS -> !(entry instanceof Entry.Closed);
            default -> true;
          };
      if (heard) {
        ledger.record(entry);
      }
    }
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
      case CHANGES_ENDS ->
          (known, news) ->
              TaskRule.FIRST_END.records(known, news)
                  || (known != null
                      && news.state().ended()
                      && news.generation() == known.generation()
                      && news.state() != known.state());
      case REPLACES_SUCCESSES ->
          (known, news) ->
              TaskRule.FIRST_END.records(known, news)
                  || (known != null
                      && news.state().ended()
                      && news.generation() > known.generation());
      case GOES_BACK_TO_EARLIER_GENERATIONS ->
          (known, news) ->
              TaskRule.FIRST_END.records(known, news)
                  || (known != null
                      && known.state() == TaskState.DEAD
                      && news.state().ended()
                      && news.generation() != known.generation());
      case IGNORES_WAITING_REPLAYS ->
          (known, news) ->
              TaskRule.FIRST_END.records(known, news)
                  && (known == null || known.generation() == news.generation());
      default -> TaskRule.FIRST_END;
    };
  }

  private void commit(Ledger ledger) {
    ledger.arrange();
    for (Tally tally : ledger.batches()) {
      BatchRecord before = store.batches.get(tally.id());
      BatchRecord now = tally.record(ledger::next);
      if (now.state() == BatchState.COMPLETED
          && (before == null || before.state() != BatchState.COMPLETED)) {
        completions.merge(now.id(), 1, Integer::sum);
      }
      if (!now.equals(before)) {
        require(before == null || before.sequence() < now.sequence(), "no later than before:", now);
      }
      store.batches.put(tally.id(), now);
    }
    store.members.putAll(ledger.members());
    int arranged = 0;
    for (Ledger.WaitingTask waiting : ledger.waiting()) {
      put(new Entry.Waiting(waiting.task()), waiting.task().sequence(), waiting.replaced());
      arranged++;
    }
    for (Segment segment : ledger.segments()) {
      long sequence = segment.first();
      for (Segment.Task task : segment.tasks()) {
        require(
            Objects.equals(task.ended().batch(), segment.batch()),
            "in a segment of batch " + segment.batch() + ":",
            task);
        put(task.ended(), sequence++, task.replaced());
        arranged++;
      }
    }
    require(arranged == ledger.tasks().size(), "not all arranged:", ledger.tasks());
    Set<Long> sequences = new HashSet<>();
    store
        .tasks
        .values()
        .forEach(task -> require(sequences.add(task.sequence()), "a sequence given twice:", task));
    store.sequence = ledger.sequence();
  }

  private void put(Entry.OfTask news, long sequence, long replaced) {
    Recorded now = new Recorded(news, sequence);
    Recorded before = store.tasks.put(news.id(), now);
    requireSuccession(before, now);
    require(
        replaced == (before == null ? 0 : before.sequence()),
        "replaces " + replaced + ", not",
        before == null ? "nothing" : before);
    String batch = news.batch();
    if (batch != null && news.endsMember()) {
      // Whoever has read up to the batch's sequence has seen all of its members.
      require(
          sequence < Objects.requireNonNull(store.batches.get(batch)).sequence(),
          "the batch was told before",
          now);
    }
  }

  /** What is recorded of a task changes only as the rule of the fleet allows. */
  private static void requireSuccession(@Nullable Recorded before, Recorded now) {
    if (before == null) {
      return;
    }
    require(now.generation() >= before.generation(), "an earlier generation replaced", before);
    if (before.state().ended()) {
      require(now.state().ended(), "waiting replaced the end of", before);
      require(before.state() == TaskState.DEAD, "something replaced", before);
      require(now.generation() > before.generation(), "a second end replaced", before);
    } else {
      require(
          now.generation() > before.generation()
              || now.state().compareTo(before.state()) > 0
              || now.attempt() >= before.attempt(),
          "something earlier replaced",
          before);
    }
  }

  private static void require(boolean holds, String what, Object of) {
    if (!holds) {
      throw new AssertionError(what + " " + of);
    }
  }

  private void checkCounts() {
    Map<String, Map<TaskState, Long>> rows = new HashMap<>();
    store.members.forEach(
        (member, state) ->
            rows.computeIfAbsent(member.batch(), first -> new EnumMap<>(TaskState.class))
                .merge(state, 1L, Long::sum));
    for (BatchRecord batch : store.batches.values()) {
      Map<TaskState, Long> counted = rows.getOrDefault(batch.id(), Map.of());
      require(
          batch.succeeded() == counted.getOrDefault(TaskState.SUCCEEDED, 0L)
              && batch.dead() == counted.getOrDefault(TaskState.DEAD, 0L)
              && batch.cancelled() == counted.getOrDefault(TaskState.CANCELLED, 0L)
              && batch.expired() == counted.getOrDefault(TaskState.EXPIRED, 0L),
          "the rows say otherwise than",
          batch);
      Long members = batch.members();
      boolean all = members != null && batch.ended() >= members;
      require((batch.state() == BatchState.COMPLETED) == all, "completed or not?", batch);
      require(members == null || batch.ended() <= members, "too many ended in", batch);
    }
    require(store.batches.keySet().containsAll(rows.keySet()), "rows without a batch:", rows);
  }

  /** When everything was heard, what is recorded is what was said. */
  private void checkEnds() {
    stories.forEach(
        (id, story) -> {
          Recorded task = store.tasks.get(id);
          if (task == null || !task.state().ended()) {
            throw new AssertionError("the end of task " + id + " is lost: " + task);
          }
          require(
              Objects.requireNonNull(story.ends().get(task.generation())).contains(task.state()),
              "nobody said",
              task);
          require(
              task.state() != TaskState.DEAD || task.generation() == story.generations(),
              "a replay was lost of",
              task);
          Ledger.Member key = new Ledger.Member(story.batch(), story.index());
          TaskState member = Objects.requireNonNull(store.members.get(key));
          Set<TaskState> said = Objects.requireNonNull(memberEnds.get(key));
          require(said.contains(member), "nobody said that it ended as " + member + ":", key);
          require(
              member != TaskState.DEAD || task.state() == TaskState.DEAD,
              "a member is dead and its task is not:",
              task);
        });
    closedWith.forEach(
        (batch, members) -> {
          BatchRecord record = Objects.requireNonNull(store.batches.get(batch), batch);
          require(record.state() == BatchState.COMPLETED, "not completed:", record);
          require(record.ended() == members, "not all ended in", record);
          require(record.description().equals("of " + members), "described otherwise:", record);
          require(Objects.equals(completions.get(batch), 1), "completed more than once:", record);
        });
  }
}
