package dev.warren.engine.wire;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a message says of its task's treatment; null where the type's own options hold.
 *
 * @param maxAttempts attempts in all
 * @param backOff as in {@link Headers#BACK_OFF}
 * @param timeLimit the longest an attempt may run
 * @param dueAt run no earlier
 * @param expiresAt do not start later
 */
public record TaskTerms(
    Priority priority,
    @Nullable Integer maxAttempts,
    @Nullable String backOff,
    @Nullable Duration timeLimit,
    @Nullable Instant dueAt,
    @Nullable Instant expiresAt) {
  public static final TaskTerms DEFAULT =
      new TaskTerms(Priority.NORMAL, null, null, null, null, null);

  /** More than any attempt needs, and far from where times overflow. */
  private static final Duration LONGEST_TIME_LIMIT = Duration.ofDays(3_650);

  public TaskTerms {
    if (maxAttempts != null && maxAttempts < 1) {
      throw new ConfigurationException("attempts must be at least 1, not " + maxAttempts);
    }
    if (backOff != null) {
      parse(backOff, 1);
    }
    if (timeLimit != null
        && (!timeLimit.isPositive() || timeLimit.compareTo(LONGEST_TIME_LIMIT) > 0)) {
      throw new ConfigurationException(
          "a time limit must be positive and at most "
              + LONGEST_TIME_LIMIT.toDays()
              + " days, not "
              + timeLimit);
    }
  }

  /** The terms of a submission: written out only where they differ from the type's. */
  public static TaskTerms of(TaskOptions type, SubmitOptions options, Instant now) {
    Integer attempts = options.maxAttempts();
    RetryPolicy waits = options.backOff();
    String backOff = waits == null ? null : backOffOf(waits);
    Duration limit = options.timeLimit();
    Instant expires =
        options.expiresAt() != null
            ? options.expiresAt()
            : type.expires().map(now::plus).orElse(null);
    return new TaskTerms(
        options.priority() == null ? type.priority() : options.priority(),
        attempts == null || attempts == type.retry().maxAttempts() ? null : attempts,
        backOff == null || backOff.equals(backOffOf(type.retry())) ? null : backOff,
        limit == null || limit.equals(type.timeLimit()) ? null : limit,
        options.notBefore(),
        expires);
  }

  /** The terms of a submission by somebody who does not know the type's: all it says is written. */
  public static TaskTerms of(SubmitOptions options) {
    RetryPolicy backOff = options.backOff();
    return new TaskTerms(
        options.priority() == null ? Priority.NORMAL : options.priority(),
        options.maxAttempts(),
        backOff == null ? null : backOffOf(backOff),
        options.timeLimit(),
        options.notBefore(),
        options.expiresAt());
  }

  /** The retry policy that holds for a task of a type with the given one. */
  public RetryPolicy retryOr(RetryPolicy ofType) {
    RetryPolicy policy = backOff == null ? ofType : parse(backOff, ofType.maxAttempts());
    return maxAttempts == null ? policy : policy.withMaxAttempts(maxAttempts);
  }

  /** The same terms without a due time: the task has waited. */
  public TaskTerms due() {
    return new TaskTerms(priority, maxAttempts, backOff, timeLimit, null, expiresAt);
  }

  /** The same terms for a task that may start at any time. */
  public TaskTerms withoutExpiry() {
    return new TaskTerms(priority, maxAttempts, backOff, timeLimit, dueAt, null);
  }

  /** The same terms with a new due time. */
  public TaskTerms dueAt(Instant time) {
    return new TaskTerms(priority, maxAttempts, backOff, timeLimit, time, expiresAt);
  }

  static String backOffOf(RetryPolicy policy) {
    return String.format(
        Locale.ROOT,
        "%d %s %d %s",
        policy.initial().toMillis(),
        policy.factor(),
        policy.cap().toMillis(),
        policy.jitter() ? "full" : "none");
  }

  private static RetryPolicy parse(String text, int maxAttempts) {
    String[] parts = text.split(" ", -1);
    try {
      if (parts.length == 4) {
        return new RetryPolicy(
            maxAttempts,
            Duration.ofMillis(Long.parseLong(parts[0])),
            Double.parseDouble(parts[1]),
            Duration.ofMillis(Long.parseLong(parts[2])),
            parts[3].equals("full"));
      }
    } catch (NumberFormatException malformed) {
      throw new ConfigurationException(malformedBackOff(text), malformed);
    }
    throw new ConfigurationException(malformedBackOff(text));
  }

  private static String malformedBackOff(String text) {
    return "header "
        + Headers.BACK_OFF
        + " is not '<initial ms> <factor> <cap ms> <jitter>': "
        + text;
  }
}
