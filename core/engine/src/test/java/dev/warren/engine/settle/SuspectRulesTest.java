package dev.warren.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.SuspectRules.Decision;
import dev.warren.engine.settle.SuspectRules.Signs;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SuspectRulesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final TaskMessage TASK =
      TaskMessage.of(TaskId.next(), "word.measure", "q", JsonText.of("{}"), NOW)
          .withOthers(Map.of("tenant", "a"));

  private static Decision decide(TaskMessage task, Signs signs) {
    return SuspectRules.decide(task, signs, "w", NOW);
  }

  private static TaskMessage marked(int crashes) {
    return TASK.withOthers(Map.of("tenant", "a", Headers.CRASHES, crashes));
  }

  private static TaskMessage copyIn(Decision decision) {
    List<Command> commands = ((Decision.Settled) decision).commands();
    assertThat(commands).hasSize(1);
    Command.SendTask copy = (Command.SendTask) commands.getFirst();
    assertThat(copy.delay()).isZero();
    return copy.task();
  }

  @Test
  void whatComesForTheFirstTimeIsNoSuspect() {
    assertThat(decide(TASK, Signs.NONE)).isInstanceOf(Decision.Ordinary.class);
  }

  @Test
  void aNeighbourThatDidNotRunIsNoSuspectAlthoughItComesAgain() {
    assertThat(decide(TASK, new Signs(true, 4, false))).isInstanceOf(Decision.Ordinary.class);
  }

  @Test
  void whatRanWhenAWorkerCrashedIsMarkedAndNotCounted() {
    TaskMessage copy = copyIn(decide(TASK, new Signs(true, 1, true)));

    assertThat(SuspectRules.crashes(copy)).hasValue(0);
    assertThat(copy.others()).containsEntry("tenant", "a");
    assertThat(copy.attempt()).isEqualTo(1);
  }

  @Test
  void whatCameTooOftenIsMarkedWithoutAJournal() {
    assertThat(SuspectRules.crashes(copyIn(decide(TASK, new Signs(true, 5, false))))).hasValue(0);
  }

  @Test
  void aMarkedCopyRunsAloneUntilItHasEndedThreeWorkers() {
    assertThat(decide(marked(0), Signs.NONE)).isInstanceOf(Decision.Alone.class);
    assertThat(SuspectRules.crashes(copyIn(decide(marked(0), new Signs(true, 1, true)))))
        .hasValue(1);
    assertThat(SuspectRules.crashes(copyIn(decide(marked(1), new Signs(false, 0, true)))))
        .hasValue(2);

    List<Command> end = ((Decision.Settled) decide(marked(2), new Signs(true, 1, true))).commands();

    Command.RecordOutcome outcome = (Command.RecordOutcome) end.getLast();
    Failure failure = Objects.requireNonNull(outcome.event().failure());
    assertThat(failure.type()).isEqualTo(Failure.WORKER_CRASHED);
    assertThat(failure.message()).startsWith("3 times a worker ended without a word");
    assertThat(end.getFirst()).isInstanceOf(Command.BuryTask.class);
  }

  @Test
  void aMarkedCopyThatComesAgainIsNotCountedUnlessItRanOrCameManyTimes() {
    assertThat(decide(marked(2), new Signs(true, 4, false))).isInstanceOf(Decision.Alone.class);
    assertThat(SuspectRules.crashes(copyIn(decide(marked(1), new Signs(true, 5, false)))))
        .hasValue(2);
  }

  @Test
  void whoeverReplaysItMayTryItOnceMore() {
    assertThat(decide(marked(3), Signs.NONE)).isInstanceOf(Decision.Alone.class);
  }

  private static Verdict<JsonText> failed(String type) {
    return Verdict.retry(Failure.of(type, "exit code 9"));
  }

  @Test
  void theEndOfItsOwnProcessIsACrashAloneAndCostsTheAttempt() {
    TaskMessage after = SuspectRules.afterAttempt(marked(1), failed(Failure.PROCESS_CRASHED));

    assertThat(SuspectRules.crashes(after)).hasValue(2);
    assertThat(after.others()).containsEntry("tenant", "a");
    assertThat(SuspectRules.judged(after, failed(Failure.PROCESS_CRASHED)))
        .isEqualTo(failed(Failure.PROCESS_CRASHED));
  }

  @Test
  void theThirdEndOfAProcessOfItsOwnIsItsLast() {
    TaskMessage after = SuspectRules.afterAttempt(marked(2), failed(Failure.PROCESS_CRASHED));

    assertThat(SuspectRules.judged(after, failed(Failure.PROCESS_CRASHED)))
        .isInstanceOfSatisfying(
            Verdict.Reject.class,
            end -> {
              assertThat(end.failure().type()).isEqualTo(Failure.WORKER_CRASHED);
              assertThat(end.failure().message()).contains("3 times").contains("exit code 9");
            });
  }

  @Test
  void anyOtherEndOfASuspectClearsIt() {
    assertThat(SuspectRules.afterAttempt(marked(2), failed("java.io.IOException"))).isEqualTo(TASK);
    assertThat(SuspectRules.afterAttempt(marked(2), Verdict.done(JsonText.of("1"))))
        .isEqualTo(TASK);
    assertThat(SuspectRules.afterAttempt(TASK, failed(Failure.PROCESS_CRASHED))).isSameAs(TASK);
    assertThat(SuspectRules.judged(TASK, failed(Failure.PROCESS_CRASHED)))
        .isEqualTo(failed(Failure.PROCESS_CRASHED));
  }

  @Test
  void garbageInTheHeaderIsNoMark() {
    assertThat(SuspectRules.crashes(TASK.withOthers(Map.of(Headers.CRASHES, "many"))))
        .isEqualTo(OptionalInt.empty());
    assertThat(SuspectRules.crashes(TASK.withOthers(Map.of(Headers.CRASHES, -7L)))).hasValue(0);
    assertThat(SuspectRules.crashes(TASK.withOthers(Map.of(Headers.CRASHES, Long.MAX_VALUE))))
        .hasValue(3);
  }

  @Test
  void whatHasEndedLosesItsMarkAndNothingElse() {
    assertThat(SuspectRules.cleared(marked(1))).isEqualTo(TASK);
    assertThat(SuspectRules.cleared(TASK)).isSameAs(TASK);
  }

  @Test
  void whatCannotRunNowComesAgainWithinSeconds() {
    for (Duration turn : List.of(Duration.ZERO, Duration.ofSeconds(7), Duration.ofHours(1))) {
      Command.SendTask copy =
          (Command.SendTask) SuspectRules.later(marked(1), turn, 0.999).getFirst();
      assertThat(copy.task()).isEqualTo(marked(1));
      assertThat(copy.delay()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(15));
    }
  }

  @Test
  void anExecutionIsOverUnlessItIsSentOnItsWayItself() {
    Execution execution = Execution.of(TASK);
    Command.SendTask same = new Command.SendTask(TASK, Duration.ofSeconds(1));
    Command.SendTask other =
        new Command.SendTask(
            TaskMessage.of(TaskId.next(), "x", "q", JsonText.of("{}"), NOW), Duration.ZERO);

    assertThat(execution.isOverAfter(List.of(same))).isFalse();
    assertThat(execution.isOverAfter(List.of(other))).isTrue();
    assertThat(execution.isOverAfter(List.of())).isTrue();
  }
}
