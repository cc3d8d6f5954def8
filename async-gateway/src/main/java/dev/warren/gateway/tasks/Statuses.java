package dev.warren.gateway.tasks;

import dev.warren.api.Failure;
import dev.warren.api.RejectedTask;
import dev.warren.api.Verdict;
import io.vertx.core.http.HttpClientResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which statuses of an answer are results, which are tried again, which are failures for good.
 *
 * @param ok results; null for all that are not tried again
 * @param retryOn tried again
 */
record Statuses(@Nullable List<Integer> ok, List<Integer> retryOn) {
  /** Too many requests; bad gateway; unavailable; gateway timeout. */
  static final List<Integer> PASSING = List.of(429, 502, 503, 504);

  /** A server that asks for more waits in vain. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  /** What follows from a status that is no result; empty if it is one. */
  <R> Optional<Verdict<R>> verdict(HttpClientResponse response, String what, Instant now) {
    int status = response.statusCode();
    if (ok == null ? !retryOn.contains(status) : ok.contains(status)) {
      return Optional.empty();
    }
    String reason = response.statusMessage();
    Failure failure =
        Failure.of(
            "HttpStatus",
            "%s answered %d%s"
                .formatted(what, status, reason == null || reason.isEmpty() ? "" : " " + reason));
    if (!retryOn.contains(status)) {
      return Optional.of(Verdict.reject(failure));
    }
    return Optional.of(
        wait(response.getHeader("Retry-After"), now)
            .map(wait -> Verdict.<R>retryAfter(wait, failure))
            .orElseGet(() -> Verdict.retry(failure)));
  }

  /** The header {@code Retry-After}: seconds or a date (RFC 9110, 10.2.3). */
  static Optional<Duration> wait(@Nullable String header, Instant now) {
    if (header == null) {
      return Optional.empty();
    }
    String text = header.strip();
    Duration wait;
    if (text.matches("[0-9]{1,9}")) {
      wait = Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        wait =
            Duration.between(
                now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeException neither) {
        return Optional.empty();
      }
    }
    if (wait.isNegative()) {
      return Optional.of(Duration.ZERO);
    }
    return Optional.of(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
  }

  static void check(@Nullable List<Integer> statuses, String name) {
    if (statuses != null
        && statuses.stream().anyMatch(status -> status == null || status < 100 || status > 599)) {
      throw new RejectedTask("'" + name + "' is a list of statuses from 100 to 599");
    }
  }
}
