package dev.warren.api;

import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How tasks of a type are treated unless a submission says otherwise.
 *
 * @param queue the queue its workers serve. Default is {@code default}.
 * @param retry attempts and back-off. Default is {@link RetryPolicy#DEFAULT}.
 * @param timeLimit the longest an attempt may run. Default is 10 min.
 * @param priority default is {@link Priority#NORMAL}.
 * @param expiry how long after submission a task that has not started is dropped as expired, or
 *     null for never. Default is never.
 * @param overlapSafe whether a retry may start on a worker where an overrun attempt still runs.
 *     Default is false.
 * @param notRetried errors that no further attempt can mend: a task whose handler throws one, or a
 *     subclass of one, is dead at once. Causes are not looked at. Default is none.
 * @param permits the permits of the fleet of which each attempt needs one while it runs, or null
 *     for none; see {@link #withPermits}. Default is none.
 * @param concurrency how many attempts of the type one process runs at once, or null for as many as
 *     its lane has room for; a worker's {@code --limit} goes before. Default is no limit.
 */
public record TaskOptions(
    String queue,
    RetryPolicy retry,
    Duration timeLimit,
    Priority priority,
    @Nullable Duration expiry,
    boolean overlapSafe,
    Set<Class<? extends Throwable>> notRetried,
    @Nullable String permits,
    @Nullable Integer concurrency) {
  public static final String DEFAULT_QUEUE = "default";
  public static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(10);

  public static final TaskOptions DEFAULT =
      new TaskOptions(
          DEFAULT_QUEUE,
          RetryPolicy.DEFAULT,
          DEFAULT_TIME_LIMIT,
          Priority.NORMAL,
          null,
          false,
          Set.of(),
          null,
          null);

  public TaskOptions {
    Names.requireQueue(queue);
    Objects.requireNonNull(retry, "retry");
    Objects.requireNonNull(priority, "priority");
    notRetried = Set.copyOf(notRetried);
    if (permits != null) {
      Names.requirePermits(permits);
    }
    if (!timeLimit.isPositive()) {
      throw new ConfigurationException("a time limit must be positive, not " + timeLimit);
    }
    if (expiry != null && !expiry.isPositive()) {
      throw new ConfigurationException("an expiry must be positive, not " + expiry);
    }
    if (concurrency != null && concurrency < 1) {
      throw new ConfigurationException("a concurrency is at least 1, not " + concurrency);
    }
  }

  /** How long a task may wait for its start, if that is limited. */
  public Optional<Duration> expires() {
    return Optional.ofNullable(expiry);
  }

  /** How many attempts one process runs at once, if that is limited. */
  public OptionalInt limit() {
    return concurrency == null ? OptionalInt.empty() : OptionalInt.of(concurrency);
  }

  public TaskOptions withQueue(String name) {
    return new TaskOptions(
        name, retry, timeLimit, priority, expiry, overlapSafe, notRetried, permits, concurrency);
  }

  public TaskOptions withRetry(RetryPolicy policy) {
    return new TaskOptions(
        queue, policy, timeLimit, priority, expiry, overlapSafe, notRetried, permits, concurrency);
  }

  public TaskOptions withTimeLimit(Duration limit) {
    return new TaskOptions(
        queue, retry, limit, priority, expiry, overlapSafe, notRetried, permits, concurrency);
  }

  public TaskOptions withPriority(Priority level) {
    return new TaskOptions(
        queue, retry, timeLimit, level, expiry, overlapSafe, notRetried, permits, concurrency);
  }

  public TaskOptions withExpiry(Duration afterSubmission) {
    return new TaskOptions(
        queue,
        retry,
        timeLimit,
        priority,
        afterSubmission,
        overlapSafe,
        notRetried,
        permits,
        concurrency);
  }

  public TaskOptions withOverlapSafe(boolean safe) {
    return new TaskOptions(
        queue, retry, timeLimit, priority, expiry, safe, notRetried, permits, concurrency);
  }

  /** Adds an error after which there is no further attempt; its subclasses are meant as well. */
  public TaskOptions withoutRetryOf(Class<? extends Throwable> error) {
    Set<Class<? extends Throwable>> all = new HashSet<>(notRetried);
    all.add(error);
    return new TaskOptions(
        queue, retry, timeLimit, priority, expiry, overlapSafe, all, permits, concurrency);
  }

  /**
   * Each attempt runs only with a permit of this name, of which the fleet has as many as {@code
   * warren permits set} says; without one it waits, and uses no attempt. A part {@code {field}}
   * stands for a field of the arguments: with {@code mail.{domain}} each domain has permits of its
   * own.
   */
  public TaskOptions withPermits(String name) {
    return new TaskOptions(
        queue, retry, timeLimit, priority, expiry, overlapSafe, notRetried, name, concurrency);
  }

  /** The permits that each attempt needs one of, if it does. */
  public Optional<String> permitsName() {
    return Optional.ofNullable(permits);
  }

  public TaskOptions withConcurrency(int attempts) {
    return new TaskOptions(
        queue, retry, timeLimit, priority, expiry, overlapSafe, notRetried, permits, attempts);
  }

  /** Whether another attempt may follow one that failed with this error. */
  public boolean retries(Throwable error) {
    return notRetried.stream().noneMatch(never -> never.isInstance(error));
  }
}
