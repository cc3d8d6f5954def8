package dev.warren.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome.Status;
import dev.warren.api.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Books with one thing wrong in them: the audit must find exactly that. */
class AuditTest {
  private static final long CONFIRMED = System.currentTimeMillis();
  private static final long RAN = CONFIRMED + 100;

  private final List<Submission.Standing> submissions = new ArrayList<>();
  private final List<Execution> executions = new ArrayList<>();
  private final Map<OutcomeBook.Key, List<OutcomeBook.Told>> outcomes = new HashMap<>();
  private final Map<OutcomeBook.Key, Set<RecordBook.Recorded>> records = new HashMap<>();
  private final Set<String> letters = new HashSet<>();
  private final Map<String, Long> left = new HashMap<>();
  private final List<FaultRecord> faults = new ArrayList<>();

  @Test
  void booksInOrderAreGood() {
    ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    TaskId dead = ended(submitted(TaskKind.DOOMED), Status.DEAD);
    letters.add(dead.toString());
    ended(submitted(TaskKind.EXPIRING), Status.EXPIRED);
    ended(submitted(TaskKind.CANCELLED), Status.CANCELLED);

    Audit.Findings found = audit();

    assertThat(found.problems()).isEmpty();
    assertThat(found.good()).isTrue();
    assertThat(List.of(found.submitted(), found.succeeded(), found.dead()))
        .containsExactly(4, 1, 1);
    assertThat(List.of(found.expired(), found.cancelled())).containsExactly(1, 1);
  }

  @Test
  void aConfirmedTaskWithoutOutcomeIsLost() {
    submitted(TaskKind.WORK);

    assertThat(audit().lost()).isEqualTo(1);
    assertThat(audit().good()).isFalse();
  }

  @Test
  void aFollowUpWithoutOutcomeIsLost() {
    TaskId parent = ended(submitted(TaskKind.PARENT), Status.SUCCEEDED);
    ended(TaskId.derived(parent, 1, "submit/1"), Status.SUCCEEDED);

    assertThat(audit().submitted()).isEqualTo(3);
    assertThat(audit().lost()).isEqualTo(1);
  }

  @Test
  void anOutcomeThatTheGatewayDoesNotHaveIsMissed() {
    TaskId task = ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    records.remove(new OutcomeBook.Key(task, 1));

    assertThat(audit().unrecorded()).isEqualTo(1);
    assertThat(audit().good()).isFalse();
  }

  @Test
  void anOutcomeThatWasRecordedAgainIsSeen() {
    TaskId task = ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    records.put(
        new OutcomeBook.Key(task, 1),
        Set.of(
            new RecordBook.Recorded(Status.SUCCEEDED, 5),
            new RecordBook.Recorded(Status.SUCCEEDED, 9)));

    assertThat(audit().recordedTwice()).isEqualTo(1);
    assertThat(audit().good()).isFalse();
  }

  @Test
  void anEndThatTheKindCannotHaveIsWrong() {
    letters.add(ended(submitted(TaskKind.FLAKY), Status.DEAD).toString());
    ended(submitted(TaskKind.DOOMED), Status.SUCCEEDED);

    assertThat(audit().wrong()).isEqualTo(2);
  }

  @Test
  void aDeadTaskWithoutLetterIsSeen() {
    ended(submitted(TaskKind.REJECTED), Status.DEAD);

    assertThat(audit().withoutLetter()).isEqualTo(1);
    assertThat(audit().good()).isFalse();
  }

  @Test
  void aStartBeforeItsTimeIsSeen() {
    PlannedTask task = task(TaskKind.DELAYED, Duration.ofSeconds(5));
    submitted(task);
    ended(task.id(), Status.SUCCEEDED);
    ran(task.id(), 1, 1, CONFIRMED + 4_000);

    assertThat(audit().early()).isEqualTo(1);
    assertThat(audit().good()).isFalse();
  }

  @Test
  void aDuplicateThatNothingExplainsIsSeen() {
    TaskId task = ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    ran(task, 1, 1, RAN);
    ran(task, 1, 2, RAN + 50);

    assertThat(audit().duplicateExecutions()).isEqualTo(new Duplicates.Count(1, Map.of(), 1));
    assertThat(audit().good()).isFalse();
  }

  @Test
  void aDuplicateAfterTheKillOfItsProcessIsExplained() {
    TaskId task = ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    ran(task, 1, 77, RAN);
    ran(task, 1, 2, RAN + 500);
    fault(FaultKind.KILL_WORKER, RAN + 10, List.of(77L));

    assertThat(audit().duplicateExecutions())
        .isEqualTo(new Duplicates.Count(1, Map.of("kill-worker", 1), 0));
    assertThat(audit().good()).isTrue();
  }

  @Test
  void theKillOfAnotherProcessAndAnOrderlyRestartExplainNothing() {
    TaskId task = ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    ran(task, 1, 77, RAN);
    ran(task, 1, 2, RAN + 500);
    fault(FaultKind.KILL_WORKER, RAN + 10, List.of(78L));
    fault(FaultKind.RESTART_WORKER, RAN + 10, List.of(77L));

    assertThat(audit().duplicateExecutions().unexplained()).isEqualTo(1);
  }

  @Test
  void aRetryOfAnAttemptThatRanTwiceMayRunTwice() {
    TaskId task = ended(submitted(TaskKind.FLAKY), Status.SUCCEEDED);
    ran(task, 1, 77, RAN);
    ran(task, 1, 2, RAN + 500);
    ran(task, 2, 2, RAN + 60_000);
    ran(task, 2, 3, RAN + 60_001);
    fault(FaultKind.CUT, RAN + 10, List.of());

    assertThat(audit().duplicateExecutions().unexplained()).isZero();
    assertThat(audit().duplicateExecutions().all()).isEqualTo(2);
  }

  @Test
  void aFaultLongBeforeOrAfterExplainsNothing() {
    TaskId task = ended(submitted(TaskKind.WORK), Status.SUCCEEDED);
    ran(task, 1, 1, RAN);
    ran(task, 1, 2, RAN + 500);
    fault(FaultKind.CUT, RAN - 60_000, List.of());
    fault(FaultKind.CUT, RAN + 501, List.of());

    assertThat(audit().duplicateExecutions().unexplained()).isEqualTo(1);
  }

  @Test
  void aSubmissionThatIsNeverAnsweredIsSeenUnlessItHadExpired() {
    unanswered(TaskKind.EXPIRING);
    assertThat(audit().good()).isTrue();

    unanswered(TaskKind.WORK);
    assertThat(audit().unconfirmed()).isEqualTo(2);
    assertThat(audit().problems()).singleElement().asString().startsWith("NOT CONFIRMED");
  }

  private void unanswered(TaskKind kind) {
    submissions.add(
        new Submission.Standing(task(kind, Duration.ZERO), CONFIRMED, 0, 1, "expired", false));
  }

  @Test
  void whatIsLeftInTheQueuesIsSeen() {
    left.put("warren.unrouted", 1L);

    assertThat(audit().problems()).containsExactly("1 messages are left in warren.unrouted");
  }

  @Test
  void aFleetThatDoesNotComeBackIsSeen() {
    faults.add(
        new FaultRecord(
            new PlannedFault(1, Duration.ZERO, FaultKind.CUT, Duration.ZERO, 0),
            "all",
            RAN,
            RAN,
            List.of(),
            null));

    assertThat(audit().good()).isFalse();
  }

  private Audit.Findings audit() {
    return Audit.of(
        new Books(
            submissions,
            executions,
            outcomes,
            records,
            Map.of(),
            new Letters(letters, left),
            faults));
  }

  private TaskId submitted(TaskKind kind) {
    return submitted(task(kind, Duration.ZERO));
  }

  private TaskId submitted(PlannedTask task) {
    submissions.add(new Submission.Standing(task, CONFIRMED, CONFIRMED + 1, 0, "", false));
    return task.id();
  }

  private static PlannedTask task(TaskKind kind, Duration delay) {
    int children = kind == TaskKind.PARENT ? 2 : 0;
    return new PlannedTask(
        TaskId.next(),
        kind,
        new ChaosTasks.Work(1, 0, children),
        null,
        0,
        delay,
        Duration.ZERO,
        Duration.ZERO);
  }

  private TaskId ended(TaskId task, Status status) {
    OutcomeBook.Key key = new OutcomeBook.Key(task, 1);
    outcomes.put(key, List.of(new OutcomeBook.Told(status, 1, "worker", RAN, "")));
    records.put(key, Set.of(new RecordBook.Recorded(status, outcomes.size())));
    return task;
  }

  private void ran(TaskId task, int attempt, long process, long at) {
    executions.add(new Execution(new Execution.Key(task, 1, attempt), process, at));
  }

  private void fault(FaultKind kind, long at, List<Long> killed) {
    PlannedFault plan = new PlannedFault(1, Duration.ZERO, kind, Duration.ZERO, 0);
    faults.add(new FaultRecord(plan, "x", at, at, killed, Duration.ofMillis(10)));
  }
}
