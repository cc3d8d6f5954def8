package dev.warren.bench.chaos;

import dev.warren.api.Outcome.Status;
import dev.warren.api.TaskId;
import dev.warren.producer.gateway.BatchStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Goes through the books of a run and finds what breaks the promise: a confirmed task without
 * exactly one recorded outcome, an outcome that its kind cannot have, a start before its time, a
 * dead task without a letter, a duplicate that no fault explains.
 */
final class Audit {
  static final String CRASHED = "WorkerCrashed";
  private static final int KILLS_OF_A_SUSPECT = 3;

  private final Books books;
  private final Map<TaskId, Submission.Standing> submissions = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<Status, Integer> ends = new EnumMap<>(Status.class);
  private final Duplicates duplicates;
  private int lost;
  private int unrecorded;
  private int recordedTwice;
  private int wrong;
  private int early;
  private int withoutLetter;

  private Audit(Books books) {
    this.books = books;
    books.submissions().forEach(each -> submissions.put(each.task().id(), each));
    this.duplicates = new Duplicates(books, submissions);
  }

  /**
   * What was found.
   *
   * @param submitted tasks that the broker has confirmed, and those that others of them submitted
   * @param unconfirmed submissions that were refused, having expired, or never answered
   * @param resent submissions that were repeated because no confirm came
   * @param lost of these, without an outcome
   * @param unrecorded with an outcome that the gateway has not recorded
   * @param recordedTwice with an outcome that it recorded again
   * @param wrong ended as their kind cannot
   * @param early started before their time
   * @param withoutLetter dead, and not among the dead letters
   * @param badBatches not complete, or with other counts than their members
   * @param outcomesTwice with several outcome events, of which the first counts
   * @param problems all of that in words
   */
  record Findings(
      int submitted,
      int unconfirmed,
      int resent,
      int succeeded,
      int dead,
      int cancelled,
      int expired,
      int lost,
      int unrecorded,
      int recordedTwice,
      int wrong,
      int early,
      int withoutLetter,
      int batches,
      int badBatches,
      int executions,
      Duplicates.Count duplicateExecutions,
      int outcomesTwice,
      int outcomesThatDiffer,
      List<String> problems) {
    Findings {
      problems = List.copyOf(problems);
    }

    boolean good() {
      return problems.isEmpty();
    }
  }

  static Findings of(Books books) {
    return new Audit(books).findings();
  }

  private Findings findings() {
    Set<TaskId> expected = expected();
    for (TaskId task : expected) {
      examine(task);
    }
    int badBatches = batches();
    starts();
    Duplicates.Count count = duplicates.count(problems);
    books
        .letters()
        .left()
        .forEach((queue, messages) -> problems.add(messages + " messages are left in " + queue));
    for (FaultRecord fault : books.faults()) {
      if (fault.recovery().isEmpty()) {
        problems.add("the fleet did not come back after fault " + fault.plan().number());
      }
    }
    int unconfirmed = unconfirmed();
    return new Findings(
        expected.size(),
        unconfirmed,
        books.submissions().stream().mapToInt(Submission.Standing::undecided).sum(),
        ends.getOrDefault(Status.SUCCEEDED, 0),
        ends.getOrDefault(Status.DEAD, 0),
        ends.getOrDefault(Status.CANCELLED, 0),
        ends.getOrDefault(Status.EXPIRED, 0),
        lost,
        unrecorded,
        recordedTwice,
        wrong,
        early,
        withoutLetter,
        books.batches().size(),
        badBatches,
        books.executions().size(),
        count,
        (int) books.outcomes().values().stream().filter(told -> told.size() > 1).count(),
        (int)
            books.outcomes().values().stream()
                .filter(told -> told.stream().map(OutcomeBook.Told::status).distinct().count() > 1)
                .count(),
        problems);
  }

  /** Only what expires soon may be refused: when it had expired before it could be sent again. */
  private int unconfirmed() {
    int unconfirmed = 0;
    for (Submission.Standing submission : books.submissions()) {
      if (!submission.confirmed()) {
        unconfirmed++;
        if (submission.task().kind() != TaskKind.EXPIRING) {
          problems.add(
              "NOT CONFIRMED: " + describe(submission.task().id()) + " " + submission.refusal());
        }
      }
    }
    return unconfirmed;
  }

  /** Every task that must have an outcome. */
  private Set<TaskId> expected() {
    Set<TaskId> expected = new HashSet<>();
    for (Submission.Standing submission : books.submissions()) {
      if (submission.confirmed()) {
        TaskId id = submission.task().id();
        expected.add(id);
        if (first(id).map(told -> told.status() == Status.SUCCEEDED).orElse(false)) {
          expected.addAll(children(submission.task()));
        }
      }
    }
    return expected;
  }

  /** The tasks that a task submits when it succeeds. */
  static List<TaskId> children(PlannedTask task) {
    List<TaskId> children = new ArrayList<>();
    for (int i = 1; i <= task.work().children(); i++) {
      children.add(TaskId.derived(task.id(), 1, "submit/" + i));
    }
    return children;
  }

  private Optional<OutcomeBook.Told> first(TaskId task) {
    return books.outcomes().getOrDefault(new OutcomeBook.Key(task, 1), List.of()).stream()
        .findFirst();
  }

  private void examine(TaskId task) {
    OutcomeBook.Key key = new OutcomeBook.Key(task, 1);
    List<OutcomeBook.Told> told = books.outcomes().getOrDefault(key, List.of());
    if (told.isEmpty()) {
      lost++;
      problems.add("LOST: " + describe(task) + " has no outcome; it ran " + runs(task) + " times");
      return;
    }
    Set<RecordBook.Recorded> recorded = books.records().getOrDefault(key, Set.of());
    if (recorded.isEmpty()) {
      unrecorded++;
      problems.add("UNRECORDED: " + describe(task) + " " + told);
      ends.merge(told.getFirst().status(), 1, Integer::sum);
      return;
    }
    if (recorded.size() > 1) {
      recordedTwice++;
      problems.add("RECORDED TWICE: " + describe(task) + " " + recorded);
    }
    Status end = recorded.iterator().next().status();
    ends.merge(end, 1, Integer::sum);
    if (told.stream().noneMatch(each -> each.status() == end)) {
      wrong++;
      problems.add("WRONG: " + describe(task) + " is recorded " + end + ", and told " + told);
    } else if (!mayEnd(task, end, told)) {
      wrong++;
      problems.add("WRONG: " + describe(task) + " ended " + told);
    }
    if (end == Status.DEAD && !books.letters().dead().contains(task.toString())) {
      withoutLetter++;
      problems.add("NO LETTER: " + describe(task) + " is dead");
    }
  }

  private boolean mayEnd(TaskId task, Status end, List<OutcomeBook.Told> told) {
    Submission.Standing submission = submissions.get(task);
    TaskKind kind = submission == null ? TaskKind.WORK : submission.task().kind();
    if (end == Status.DEAD && told.stream().anyMatch(each -> each.failure().equals(CRASHED))) {
      return kills(task) >= KILLS_OF_A_SUSPECT;
    }
    return kind.mayEnd(end);
  }

  /** How often a process was killed that had started the task. */
  private int kills(TaskId task) {
    return (int)
        books.executions().stream()
            .filter(each -> each.key().task().equals(task))
            .filter(
                each -> books.faults().stream().anyMatch(f -> f.killed().contains(each.process())))
            .count();
  }

  private long runs(TaskId task) {
    return books.executions().stream().filter(each -> each.key().task().equals(task)).count();
  }

  private String describe(TaskId task) {
    Submission.Standing submission = submissions.get(task);
    return submission == null
        ? "follow-up " + task
        : submission.task().kind() + " " + task + " (sent again " + submission.undecided() + "x)";
  }

  private int batches() {
    int bad = 0;
    for (Map.Entry<String, Optional<BatchStatus>> each : books.batches().entrySet()) {
      String id = each.getKey();
      String wrongness =
          each.getValue().map(this::wrongness).orElse("the gateway does not know it");
      if (!wrongness.isEmpty()) {
        bad++;
        problems.add("BATCH " + id + ": " + wrongness);
      }
    }
    return bad;
  }

  private String wrongness(BatchStatus batch) {
    Map<Status, Long> counted = new EnumMap<>(Status.class);
    long confirmed = 0;
    for (Submission.Standing submission : books.submissions()) {
      if (batch.id().equals(submission.task().batch())) {
        confirmed += submission.confirmed() ? 1 : 0;
        books
            .records()
            .getOrDefault(new OutcomeBook.Key(submission.task().id(), 1), Set.of())
            .stream()
            .findFirst()
            .ifPresent(recorded -> counted.merge(recorded.status(), 1L, Long::sum));
      }
    }
    boolean equal =
        batch.succeeded() == counted.getOrDefault(Status.SUCCEEDED, 0L)
            && batch.dead() == counted.getOrDefault(Status.DEAD, 0L)
            && batch.cancelled() == counted.getOrDefault(Status.CANCELLED, 0L)
            && batch.expired() == counted.getOrDefault(Status.EXPIRED, 0L);
    return batch.state() == BatchStatus.State.COMPLETED && batch.ended() >= confirmed && equal
        ? ""
        : "%s with %d of %d confirmed members ended (%d succeeded, %d dead, %d cancelled, %d expired); rows: %s"
            .formatted(
                batch.state(),
                batch.ended(),
                confirmed,
                batch.succeeded(),
                batch.dead(),
                batch.cancelled(),
                batch.expired(),
                counted);
  }

  private void starts() {
    for (Execution execution : books.executions()) {
      Submission.Standing submission = submissions.get(execution.key().task());
      if (submission == null || submission.task().delay().isZero()) {
        continue;
      }
      // The due time was set after the first try began, so this is a lower bound of it.
      long due = submission.firstTriedMillis() + submission.task().delay().toMillis();
      if (execution.startedMillis() < due - 1) {
        early++;
        problems.add(
            "EARLY: "
                + describe(execution.key().task())
                + " by "
                + (due - execution.startedMillis()));
      }
    }
  }
}
