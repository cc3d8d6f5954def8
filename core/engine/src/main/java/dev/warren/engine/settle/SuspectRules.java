package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Decides what becomes of tasks that may kill their worker. Pure.
 *
 * <p>Of all that ran when a worker ended without a word, one task may have been the cause; none is
 * counted against any. Each suspect is replaced by a marked copy (header {@link Headers#CRASHES}),
 * which a worker runs with nothing beside it. Should that worker end, too, the cause is known: its
 * journal says what ran alone, and a copy with a higher count replaces that one. Whatever else was
 * delivered to that worker and had not begun comes again just as well, so that to come again says
 * little: without a journal only many deliveries count.
 *
 * <p>Where a suspect runs in a process of its own, the end of that process is its failed attempt,
 * and a crash alone.
 */
public final class SuspectRules {
  /** So many crashes alone, and the task is dead. */
  public static final int MOST_CRASHES = 3;

  /** So many deliveries without an end count as a crash where no journal is at hand. */
  public static final int MANY_DELIVERIES = 5;

  private static final Duration SHORTEST_TURN = Duration.ofSeconds(1);
  private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

  /**
   * How a message came.
   *
   * @param redelivered whether it was delivered before
   * @param deliveries how often the broker has counted that; 0 if it does not say
   * @param ranAtCrash whether a worker's journal names it as running when the worker ended; of a
   *     marked copy, as running alone with the same count
   */
  public record Signs(boolean redelivered, long deliveries, boolean ranAtCrash) {
    /** Nothing speaks against it. */
    public static final Signs NONE = new Signs(false, 0, false);

    boolean speakAgainstIt() {
      return ranAtCrash || (redelivered && deliveries >= MANY_DELIVERIES);
    }
  }

  /** What to do. */
  public sealed interface Decision {
    /** Run it as any other. */
    record Ordinary() implements Decision {}

    /** Run it with nothing beside it. */
    record Alone() implements Decision {}

    /** Do not run it: these commands settle it. */
    record Settled(List<Command> commands) implements Decision {}
  }

  private SuspectRules() {}

  /** Decides about a task that is to run. */
  public static Decision decide(TaskMessage task, Signs signs, String worker, Instant now) {
    OptionalInt counted = crashes(task);
    if (counted.isEmpty()) {
      return signs.speakAgainstIt()
          ? new Decision.Settled(marked(task, 0))
          : new Decision.Ordinary();
    }
    if (!signs.speakAgainstIt()) {
      return new Decision.Alone();
    }
    int crashes = counted.getAsInt() + 1;
    return new Decision.Settled(
        crashes >= MOST_CRASHES ? dead(task, crashes, worker, now) : marked(task, crashes));
  }

  /** How often a worker ended while it ran this copy alone; empty if the task is no suspect. */
  public static OptionalInt crashes(TaskMessage task) {
    return task.others().get(Headers.CRASHES) instanceof Number number
        ? OptionalInt.of(Math.clamp(number.longValue(), 0, MOST_CRASHES))
        : OptionalInt.empty();
  }

  /** The task without the mark: it has run alone and its worker lives. */
  public static TaskMessage cleared(TaskMessage task) {
    if (!task.others().containsKey(Headers.CRASHES)) {
      return task;
    }
    Map<String, Object> headers = new HashMap<>(task.others());
    headers.remove(Headers.CRASHES);
    return task.withOthers(headers);
  }

  /**
   * The task as it is after an attempt: without the mark, as it has run alone and its worker lives;
   * with a crash more, if it was a suspect and the process of its own has ended with it.
   */
  public static TaskMessage afterAttempt(TaskMessage task, Verdict<JsonText> verdict) {
    OptionalInt counted = crashes(task);
    return counted.isPresent() && isCrash(verdict)
        ? counted(task, Math.min(counted.getAsInt() + 1, MOST_CRASHES))
        : cleared(task);
  }

  /**
   * What a verdict amounts to: a suspect that has ended a process of its own too often has no
   * further attempt.
   *
   * @param after the task as it is after the attempt
   */
  public static Verdict<JsonText> judged(TaskMessage after, Verdict<JsonText> verdict) {
    if (!(verdict instanceof Verdict.Retry<JsonText>(Failure last, Duration pause))
        || crashes(after).orElse(0) < MOST_CRASHES) {
      return verdict;
    }
    String message =
        "%d times a process ended without a word while it ran task %s (%s) alone, at last in attempt %d (%s)"
                .formatted(MOST_CRASHES, after.id(), after.type(), after.attempt(), last.message())
            + ": mend the cause, then replay the task";
    return Verdict.reject(new Failure(Failure.WORKER_CRASHED, message, last.stack()));
  }

  /** Whether the process that ran the attempt, and nothing else, ended without an answer. */
  public static boolean isCrash(Verdict<JsonText> verdict) {
    return verdict instanceof Verdict.Retry<JsonText> retry
        && retry.failure().type().equals(Failure.PROCESS_CRASHED);
  }

  /**
   * A suspect that cannot run alone now, because another does or because ordinary work has its
   * turn: comes again after the turn.
   *
   * @param turn how long the turn lasts at least
   * @param spread from 0 to 1, so that many suspects do not come together
   */
  public static List<Command> later(TaskMessage task, Duration turn, double spread) {
    Duration wait = turn.compareTo(SHORTEST_TURN) < 0 ? SHORTEST_TURN : turn;
    wait = wait.compareTo(LONGEST_TURN) > 0 ? LONGEST_TURN : wait;
    return List.of(
        new Command.SendTask(task, wait.plusMillis((long) (spread * LONGEST_TURN.toMillis() / 2))));
  }

  private static List<Command> marked(TaskMessage task, int crashes) {
    return List.of(new Command.SendTask(counted(task, crashes), Duration.ZERO));
  }

  private static TaskMessage counted(TaskMessage task, int crashes) {
    Map<String, Object> headers = new HashMap<>(task.others());
    headers.put(Headers.CRASHES, crashes);
    return task.withOthers(headers);
  }

  private static List<Command> dead(TaskMessage task, int crashes, String worker, Instant now) {
    String message =
        "%d times a worker ended without a word while it ran attempt %d of task %s (%s) with nothing beside it"
                .formatted(crashes, task.attempt(), task.id(), task.type())
            + ": look into the workers' logs for what ended them, mend the cause, then replay the"
            + " task";
    return SettleRules.dead(
        task, Failure.of(Failure.WORKER_CRASHED, message), Ran.not(worker, now));
  }
}
