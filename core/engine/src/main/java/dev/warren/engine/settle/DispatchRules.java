package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what to do with a task that came from the broker, before it runs. Pure. */
public final class DispatchRules {
  private static final Duration FIRST_PARKING = Duration.ofSeconds(5);
  private static final Duration LONGEST_PARKING = Duration.ofMinutes(5);

  /** How long a task of unknown type is parked before it is dead: a rollout has ended by then. */
  public static final Duration PATIENCE = Duration.ofHours(1);

  /** How long a task waits before it tries to find another worker. */
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);

  private DispatchRules() {}

  /**
   * What settles the task without running it, or nothing if it is to run now.
   *
   * @param cancelled whether somebody has cancelled it
   * @param unknown why this worker cannot run such tasks; null if it can
   */
  public static Optional<List<Command>> beforeRun(
      TaskMessage task, boolean cancelled, @Nullable String unknown, String worker, Instant now) {
    Optional<List<Command>> ends = beforeStart(task, cancelled, worker, now);
    if (ends.isPresent()) {
      return ends;
    }
    Instant due = task.terms().dueAt();
    if (due != null && now.isBefore(due)) {
      return Optional.of(List.of(new Command.SendTask(task, Duration.between(now, due))));
    }
    return unknown == null
        ? Optional.empty()
        : Optional.of(park(task, unknown, Ran.not(worker, now)));
  }

  /**
   * What ends a task that has waited for its turn in this process, or nothing if it may start: it
   * may have been cancelled, or have expired, since it was delivered.
   */
  public static Optional<List<Command>> beforeStart(
      TaskMessage task, boolean cancelled, String worker, Instant now) {
    if (cancelled) {
      return Optional.of(SettleRules.cancelled(task, Ran.not(worker, now)));
    }
    Instant expires = task.terms().expiresAt();
    return expires == null || now.isBefore(expires)
        ? Optional.empty()
        : Optional.of(SettleRules.expired(task, Ran.not(worker, now)));
  }

  /**
   * The same attempt some seconds later, for another worker to take: an earlier one of the task was
   * given up here and still runs. Uses no attempt.
   */
  public static List<Command> elsewhere(TaskMessage task, String worker, Instant now) {
    Failure failure =
        Failure.of(
            Failure.TIME_LIMIT,
            "an earlier attempt of task %s still runs on %s, and the type does not say that attempts may overlap"
                .formatted(task.id(), worker));
    return away(task, ELSEWHERE, failure, Ran.not(worker, now));
  }

  /**
   * The same attempt some seconds later, for whichever worker is able to start it. Uses no attempt.
   *
   * @param why this worker is not
   */
  public static List<Command> notStarted(TaskMessage task, String why, Ran nothing) {
    String message =
        "task %s could not be started on %s: %s".formatted(task.id(), nothing.worker(), why);
    return away(task, ELSEWHERE, Failure.of(Failure.NOT_STARTED, message), nothing);
  }

  /** The same attempt after a wait, for whichever worker gets it then. Uses no attempt. */
  public static List<Command> away(TaskMessage task, Duration wait, Failure why, Ran nothing) {
    return List.of(
        new Command.SendTask(
            task, wait, SettleRules.again(task, TaskRetrying.Reason.PARKED, why, nothing, wait)));
  }

  /** The tasks of a redelivered chunk, each on its own: whichever crashed a worker is alone now. */
  public static List<Command> split(List<TaskMessage> chunk) {
    return chunk.stream().<Command>map(task -> new Command.SendTask(task, Duration.ZERO)).toList();
  }

  private static List<Command> park(TaskMessage task, String unknown, Ran nothing) {
    Instant now = nothing.ended();
    long since = number(task, Headers.PARKED_SINCE, now.toEpochMilli());
    long times = number(task, Headers.PARKED_TIMES, 0);
    if (Duration.ofMillis(now.toEpochMilli() - since).compareTo(PATIENCE) >= 0) {
      String message =
          unknown
              + "; parked "
              + times
              + " times since "
              + Instant.ofEpochMilli(since)
              + ", patience is over: start a worker that knows it, then replay the task";
      return SettleRules.dead(task, Failure.of(Failure.UNKNOWN_TYPE, message), nothing);
    }
    Map<String, Object> headers = new HashMap<>(task.others());
    headers.put(Headers.PARKED_SINCE, since);
    headers.put(Headers.PARKED_TIMES, times + 1);
    Duration wait = parking(times);
    Failure failure = Failure.of(Failure.UNKNOWN_TYPE, unknown);
    return List.of(
        new Command.SendTask(
            task.withOthers(headers),
            wait,
            SettleRules.again(task, TaskRetrying.Reason.PARKED, failure, nothing, wait)));
  }

  private static Duration parking(long times) {
    Duration doubled = FIRST_PARKING.multipliedBy(1L << Math.min(times, 10));
    return doubled.compareTo(LONGEST_PARKING) > 0 ? LONGEST_PARKING : doubled;
  }

  private static long number(TaskMessage task, String header, long absent) {
    Object value = task.others().get(header);
    return value instanceof Number number ? number.longValue() : absent;
  }
}
