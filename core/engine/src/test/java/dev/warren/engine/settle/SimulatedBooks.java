package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The books of a simulated fleet: one account for each generation of each task. Whatever happens is
 * entered, and an entry that breaks a promise is an {@link AssertionError} at once.
 *
 * <p>Most promises hold always. That nothing happens twice holds only for a task of which no
 * delivery was lost: it is excused from then on, and so is what follows from it.
 */
final class SimulatedBooks {
  /** The first promise: attempts and executions of a task are counted up to here. */
  private static final int MOST_ATTEMPTS = 8;

  record TaskGeneration(TaskId task, int generation) {
    static TaskGeneration of(TaskMessage task) {
      return new TaskGeneration(task.id(), task.generation());
    }
  }

  /** What is known of a generation of a task. */
  static final class Account {
    final TaskGeneration key;
    private int copies;
    private boolean excused;
    private int outcomes;
    private int letters;
    private @Nullable OutcomeEvent recorded;
    private @Nullable Instant due;
    private @Nullable Instant expires;
    private @Nullable Instant parkedSince;
    private boolean reachedTheLimit;
    private final int[] executions = new int[MOST_ATTEMPTS + 1];
    private final int[] snoozes = new int[MOST_ATTEMPTS + 1];
    private final @Nullable Instant[] notBefore = new Instant[MOST_ATTEMPTS + 1];

    private Account(TaskGeneration key) {
      this.key = key;
    }

    boolean isOver() {
      return recorded != null;
    }

    boolean isExcused() {
      return excused;
    }
  }

  private final int maxAttempts;
  private final Map<TaskGeneration, Account> accounts = new HashMap<>();
  private final List<TaskGeneration> keys = new ArrayList<>();
  private int executed;

  SimulatedBooks(int maxAttempts) {
    this.maxAttempts = maxAttempts;
  }

  /** The account of a task; made when it is first heard of. */
  Account of(TaskGeneration key) {
    Account account = accounts.get(key);
    if (account == null) {
      account = new Account(key);
      accounts.put(key, account);
      keys.add(key);
    }
    return account;
  }

  Account of(TaskMessage task) {
    return of(TaskGeneration.of(task));
  }

  boolean knows(TaskGeneration key) {
    return accounts.containsKey(key);
  }

  /** How many generations of tasks there have been. */
  int size() {
    return keys.size();
  }

  Optional<TaskGeneration> any(SplittableRandom random) {
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(random.nextInt(keys.size())));
  }

  int executed() {
    return executed;
  }

  /** How many ended so. */
  long ended(Outcome.Status status) {
    return accounts.values().stream()
        .filter(each -> each.recorded != null && each.recorded.status() == status)
        .count();
  }

  /** The broker has one more message with the task. */
  void accepted(TaskMessage task) {
    Account account = of(task);
    account.copies++;
    if (task.terms().expiresAt() != null) {
      account.expires = task.terms().expiresAt();
    }
  }

  /** A task is submitted, to run no earlier than then. */
  void submitted(TaskMessage task) {
    accepted(task);
    of(task).due = task.terms().dueAt();
  }

  /** The broker has forgotten a message for ever: it was acknowledged. */
  void acknowledged(List<TaskMessage> tasks) {
    for (TaskMessage task : tasks) {
      Account account = of(task);
      account.copies--;
      if (account.copies == 0 && account.recorded == null) {
        throw new AssertionError(account.key + " is lost");
      }
    }
  }

  /** A delivery, or the confirm of something, was lost: from now on there may be duplicates. */
  void excuse(List<TaskMessage> tasks) {
    tasks.forEach(task -> of(task).excused = true);
  }

  /** What follows from one that may be there twice may come twice. */
  void follows(TaskGeneration from, TaskGeneration task) {
    if (of(from).excused) {
      of(task).excused = true;
    }
  }

  void reachedTheLimit(List<TaskMessage> tasks) {
    tasks.forEach(task -> of(task).reachedTheLimit = true);
  }

  void parked(TaskMessage task, Instant now) {
    Account account = of(task);
    if (account.parkedSince == null) {
      account.parkedSince = now;
    }
  }

  void started(TaskMessage task, Instant now) {
    Account account = of(task);
    int attempt = task.attempt();
    if (attempt > maxAttempts) {
      throw new AssertionError(account.key + " runs its attempt " + attempt);
    }
    if (account.due != null && now.isBefore(account.due)) {
      throw new AssertionError(account.key + " runs at " + now + ", before " + account.due);
    }
    if (account.expires != null && !now.isBefore(account.expires)) {
      throw new AssertionError(account.key + " starts at " + now + ", expired " + account.expires);
    }
    Instant notBefore = account.notBefore[attempt];
    if (notBefore != null && now.isBefore(notBefore)) {
      requireExcused(account, "runs attempt " + attempt + " at " + now + ", before " + notBefore);
    }
    executed++;
    account.executions[attempt]++;
    if (account.executions[attempt] > 1 + account.snoozes[attempt]) {
      requireExcused(account, "runs attempt " + attempt + " again");
    }
    if (account.recorded != null) {
      requireExcused(account, "runs after its end");
    }
  }

  /** The attempt asked for a pause, and uses none. */
  void snoozed(TaskMessage task, Instant until) {
    Account account = of(task);
    account.snoozes[task.attempt()]++;
    account.notBefore[task.attempt()] = until;
  }

  /** The attempt asked for the next one, no earlier than then. */
  void retries(TaskMessage task, Instant notBefore) {
    if (task.attempt() < maxAttempts) {
      of(task).notBefore[task.attempt() + 1] = notBefore;
    }
  }

  void buried(TaskMessage task) {
    Account account = of(task);
    account.letters++;
    if (account.letters > 1) {
      requireExcused(account, "has " + account.letters + " letters");
    }
  }

  /** An outcome was published and confirmed; the first one counts. */
  void outcome(OutcomeEvent event, boolean cancelled) {
    Account account = of(new TaskGeneration(event.task(), event.generation()));
    account.outcomes++;
    if (account.outcomes > 1) {
      requireExcused(account, "has " + account.outcomes + " outcomes");
    }
    switch (event.status()) {
      case SUCCEEDED -> require(sum(account.executions) > 0, account, "succeeded and never ran");
      case DEAD -> {
        require(account.letters > 0, account, "is recorded as dead and has no letter");
        requireReason(account, Objects.requireNonNull(event.failure()), event.endedAt());
      }
      case CANCELLED -> require(cancelled, account, "ended as cancelled, and nobody cancelled it");
      case EXPIRED ->
          require(
              account.expires != null && !event.endedAt().isBefore(account.expires),
              account,
              "ended as expired before its time");
    }
    if (account.recorded == null) {
      account.recorded = event;
    }
  }

  private static void requireReason(Account account, Failure failure, Instant at) {
    if (failure.type().equals(Failure.UNKNOWN_TYPE)) {
      Instant since = account.parkedSince;
      require(
          since != null && !at.isBefore(since.plus(DispatchRules.PATIENCE)),
          account,
          "died of an unknown type at " + at + ", parked since " + since);
    }
    if (failure.type().equals(SimulatedUndertaker.DELIVERY_LIMIT)) {
      require(account.reachedTheLimit, account, "died of a limit that it had not reached");
    }
  }

  /** All has come to rest: every task has its outcome, and a dead one its letter. */
  void close() {
    for (Account account : accounts.values()) {
      OutcomeEvent recorded = account.recorded;
      if (recorded == null) {
        throw new AssertionError(account.key + " has no outcome");
      }
      require(account.copies == 0, account, "is still there " + account.copies + " times");
      require(sum(account.executions) <= 100, account, "ran for ever");
      boolean hasLetter = account.letters > 0;
      if (hasLetter != (recorded.status() == Outcome.Status.DEAD)) {
        requireExcused(account, "has a letter, but ended as " + recorded.status());
      }
    }
  }

  private static int sum(int[] counts) {
    return Arrays.stream(counts).sum();
  }

  private static void requireExcused(Account account, String what) {
    require(account.excused, account, what + ", although nothing of it was lost");
  }

  private static void require(boolean holds, Account account, String what) {
    if (!holds) {
      throw new AssertionError(account.key + " " + what);
    }
  }
}
