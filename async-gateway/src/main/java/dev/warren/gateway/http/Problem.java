package dev.warren.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not done, as in RFC 9457.
 *
 * @param word names the kind of problem; the last part of its {@code type}
 * @param detail what happened in this case, and what to do about it
 * @param extras further members of the answer
 * @param retryAfter seconds after which the same request may succeed; null where it will not
 */
record Problem(
    String word,
    int status,
    String title,
    String detail,
    Map<String, Object> extras,
    @Nullable Integer retryAfter) {
  static final String TYPE_PREFIX = "urn:warren:problem:";

  Problem {
    Objects.requireNonNull(word, "word");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(detail, "detail");
    extras = Map.copyOf(extras);
  }

  static Problem of(String word, int status, String title, String detail) {
    return new Problem(word, status, title, detail, Map.of(), null);
  }

  Problem with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(extras);
    more.put(name, value);
    return new Problem(word, status, title, detail, more, retryAfter);
  }

  Problem withDetail(String other) {
    return new Problem(word, status, title, other, extras, retryAfter);
  }

  Problem retryAfter(int seconds) {
    return new Problem(word, status, title, detail, extras, seconds);
  }

  ProblemException thrown() {
    return new ProblemException(this);
  }
}
